/* The recurrence as operations of TensorFlow, through its C API.
 *
 * Nothing of TensorFlow's is needed to compile this: what is used of the API, whose symbols
 * TensorFlow keeps stable, is declared here and found in the running process when
 * `tf.load_op_library` loads the file. Three operations are registered then:
 *
 *   LstmToolkitRecurrence          forwards
 *   LstmToolkitRecurrenceGradient  gradients of all gates and of the first state
 *   LstmToolkitWeightsGradient     gradient of the weights, from those of the gates
 */

#include <stdlib.h>

#include "recurrence.h"

typedef struct TF_OpKernelConstruction TF_OpKernelConstruction;
typedef struct TF_OpKernelContext TF_OpKernelContext;
typedef struct TF_Tensor TF_Tensor;
typedef struct TF_Status TF_Status;
typedef struct TF_OpDefinitionBuilder TF_OpDefinitionBuilder;
typedef struct TF_ShapeInferenceContext TF_ShapeInferenceContext;
typedef struct TF_ShapeHandle TF_ShapeHandle;
typedef struct TF_KernelBuilder TF_KernelBuilder;

enum { TF_OK = 0, TF_INVALID_ARGUMENT = 3, TF_RESOURCE_EXHAUSTED = 8, TF_FLOAT = 1 };

TF_Status *TF_NewStatus(void);
void TF_DeleteStatus(TF_Status *);
void TF_SetStatus(TF_Status *, int code, const char *message);
int TF_GetCode(const TF_Status *);
void TF_OpKernelConstruction_GetAttrInt32(TF_OpKernelConstruction *, const char *, int32_t *,
                                          TF_Status *);
void TF_OpKernelConstruction_GetAttrBool(TF_OpKernelConstruction *, const char *, unsigned char *,
                                         TF_Status *);
void TF_OpKernelConstruction_Failure(TF_OpKernelConstruction *, TF_Status *);
void TF_OpKernelContext_Failure(TF_OpKernelContext *, TF_Status *);
void TF_GetInput(TF_OpKernelContext *, int, TF_Tensor **, TF_Status *);
TF_Tensor *TF_AllocateOutput(TF_OpKernelContext *, int, int, const int64_t *, int, size_t,
                             TF_Status *);
void *TF_TensorData(const TF_Tensor *);
int TF_NumDims(const TF_Tensor *);
int64_t TF_Dim(const TF_Tensor *, int);
int64_t TF_TensorElementCount(const TF_Tensor *);
void TF_DeleteTensor(TF_Tensor *);
TF_OpDefinitionBuilder *TF_NewOpDefinitionBuilder(const char *);
void TF_OpDefinitionBuilderAddInput(TF_OpDefinitionBuilder *, const char *);
void TF_OpDefinitionBuilderAddOutput(TF_OpDefinitionBuilder *, const char *);
void TF_OpDefinitionBuilderAddAttr(TF_OpDefinitionBuilder *, const char *);
void TF_OpDefinitionBuilderSetShapeInferenceFunction(TF_OpDefinitionBuilder *,
                                                     void (*)(TF_ShapeInferenceContext *,
                                                              TF_Status *));
void TF_RegisterOpDefinition(TF_OpDefinitionBuilder *, TF_Status *);
TF_ShapeHandle *TF_NewShapeHandle(void);
void TF_DeleteShapeHandle(TF_ShapeHandle *);
void TF_ShapeInferenceContextGetInput(TF_ShapeInferenceContext *, int, TF_ShapeHandle *,
                                      TF_Status *);
void TF_ShapeInferenceContextSetOutput(TF_ShapeInferenceContext *, int, TF_ShapeHandle *,
                                       TF_Status *);
void TF_ShapeInferenceContextSubshape(TF_ShapeInferenceContext *, TF_ShapeHandle *, int64_t,
                                      int64_t, TF_ShapeHandle *, TF_Status *);
void TF_ShapeInferenceContextConcatenateShapes(TF_ShapeInferenceContext *, TF_ShapeHandle *,
                                               TF_ShapeHandle *, TF_ShapeHandle *, TF_Status *);
TF_KernelBuilder *TF_NewKernelBuilder(const char *, const char *,
                                      void *(*)(TF_OpKernelConstruction *),
                                      void (*)(void *, TF_OpKernelContext *), void (*)(void *));
void TF_RegisterKernelBuilder(const char *, TF_KernelBuilder *, TF_Status *);

/* What an operation holds between its runs: its attributes. */
typedef struct {
  int32_t threads;
  unsigned char gru, zeros;
} attributes;

/* One run of an operation: its tensors, and whether all went well so far. */
typedef struct {
  TF_OpKernelContext *context;
  TF_Status *status;
  TF_Tensor *tensors[16];
  int inputs, count;
} call;

static void *create(TF_OpKernelConstruction *construction) {
  attributes *own = calloc(1, sizeof *own);
  TF_Status *status = TF_NewStatus();
  if (!own) TF_SetStatus(status, TF_RESOURCE_EXHAUSTED, "no memory");
  if (own) TF_OpKernelConstruction_GetAttrInt32(construction, "threads", &own->threads, status);
  if (!TF_GetCode(status))
    TF_OpKernelConstruction_GetAttrBool(construction, "gru", &own->gru, status);
  if (!TF_GetCode(status))
    TF_OpKernelConstruction_GetAttrBool(construction, "zeros", &own->zeros, status);
  if (TF_GetCode(status)) TF_OpKernelConstruction_Failure(construction, status);
  TF_DeleteStatus(status);
  return own;
}

static int fine(const call *c) { return TF_GetCode(c->status) == TF_OK; }

static void fail(call *c, int code, const char *message) {
  if (fine(c)) TF_SetStatus(c->status, code, message);
}

/* The next input, of any shape; NULL behind a failure, which a further call would forget. */
static TF_Tensor *input(call *c) {
  TF_Tensor *tensor = NULL;
  if (!fine(c)) return NULL;
  TF_GetInput(c->context, c->inputs++, &tensor, c->status);
  if (tensor) c->tensors[c->count++] = tensor;
  return tensor;
}

/* The values of the next input, or NULL where it is empty; it must have `size` values. */
static const void *values(call *c, int64_t size, int optional) {
  const TF_Tensor *tensor = input(c);
  if (!fine(c)) return NULL;
  const int64_t received = TF_TensorElementCount(tensor);
  if (optional && received == 0) return NULL;
  if (received != size) fail(c, TF_INVALID_ARGUMENT, "lstm_toolkit: a tensor has another size");
  return TF_TensorData(tensor);
}

static float *output(call *c, int index, int rank, int64_t a, int64_t b, int64_t d) {
  const int64_t dimensions[3] = {a, b, d};
  const size_t size = (size_t)a * b * (rank == 3 ? d : 1) * sizeof(float);
  if (!fine(c)) return NULL;
  TF_Tensor *tensor =
      TF_AllocateOutput(c->context, index, TF_FLOAT, dimensions, rank, size, c->status);
  if (tensor) c->tensors[c->count++] = tensor;
  return tensor ? TF_TensorData(tensor) : NULL;
}

/* Reads batch, steps and the last dimension of a tensor of three. */
static void read_sizes(call *c, const TF_Tensor *tensor, recurrence *r, long *last) {
  if (!fine(c)) return;
  if (TF_NumDims(tensor) != 3) {
    fail(c, TF_INVALID_ARGUMENT, "lstm_toolkit: three dimensions are needed");
    return;
  }
  r->batch = TF_Dim(tensor, 0);
  r->steps = TF_Dim(tensor, 1);
  *last = TF_Dim(tensor, 2);
}

/* Reads inputs and weights, which both operations over inputs begin with, and their sizes. */
static void read_inputs(call *c, recurrence *r) {
  const TF_Tensor *inputs = input(c), *weights = input(c);
  read_sizes(c, inputs, r, &r->features);
  if (!fine(c)) return;
  if (TF_NumDims(weights) == 2) r->units = TF_Dim(weights, 1) / 4;
  if (TF_TensorElementCount(weights) != (r->features + r->units + 1) * 4 * r->units)
    fail(c, TF_INVALID_ARGUMENT, "lstm_toolkit: weights of another size");
  r->inputs = TF_TensorData(inputs);
  r->weights = TF_TensorData(weights);
}

static recurrence begin(const attributes *own) {
  return (recurrence){.threads = own->threads, .gru = own->gru, .zeros = own->zeros};
}

static void end(call *c, const recurrence *r, int (*run)(recurrence *)) {
  recurrence copy = *r;
  if (fine(c) && !run(&copy)) fail(c, TF_RESOURCE_EXHAUSTED, "lstm_toolkit: no memory");
  if (!fine(c)) TF_OpKernelContext_Failure(c->context, c->status);
  for (int k = 0; k < c->count; k++) TF_DeleteTensor(c->tensors[k]);
  TF_DeleteStatus(c->status);
}

static void forward(void *own, TF_OpKernelContext *context) {
  call c = {.context = context, .status = TF_NewStatus()};
  recurrence r = begin(own);
  read_inputs(&c, &r);
  const long b = r.batch, t = r.steps, u = r.units;
  r.first_outputs = values(&c, b * u, 0);
  r.first_cells = values(&c, b * u, 0);
  r.mask = values(&c, b * t, 1);
  r.outputs = output(&c, 0, 3, b, t, u);
  r.last_outputs = output(&c, 1, 2, b, u, 0);
  r.last_cells = output(&c, 2, 2, b, u, 0);
  r.cells = output(&c, 3, 3, b, t, u);
  r.gates = output(&c, 4, 3, b, t, 4 * u);
  end(&c, &r, run_forward);
}

static void gradient(void *own, TF_OpKernelContext *context) {
  call c = {.context = context, .status = TF_NewStatus()};
  recurrence r = begin(own);
  const TF_Tensor *weights = input(&c), *cells = input(&c);
  read_sizes(&c, cells, &r, &r.units);
  const long b = r.batch, t = r.steps, u = r.units;
  if (fine(&c) && u) r.features = TF_TensorElementCount(weights) / (4 * u) - u - 1;
  r.gates = (float *)values(&c, b * t * 4 * u, 0);
  r.first_cells = values(&c, b * u, 0);
  r.mask = values(&c, b * t, 1);
  r.d_outputs = values(&c, b * t * u, 1);
  r.d_final = values(&c, b * u, 1);
  r.d_last_outputs = values(&c, b * u, 0);
  r.d_last_cells = values(&c, b * u, 0);
  if (fine(&c)) {
    r.weights = TF_TensorData(weights);
    r.cells = TF_TensorData(cells);
  }
  r.d_gates = output(&c, 0, 3, b, t, 4 * u);
  r.d_first_outputs = output(&c, 1, 2, b, u, 0);
  r.d_first_cells = output(&c, 2, 2, b, u, 0);
  end(&c, &r, run_backward);
}

static void weights_gradient(void *own, TF_OpKernelContext *context) {
  call c = {.context = context, .status = TF_NewStatus()};
  recurrence r = begin(own);
  read_inputs(&c, &r);
  const long b = r.batch, t = r.steps, u = r.units;
  r.first_outputs = values(&c, b * u, 0);
  r.mask = values(&c, b * t, 1);
  r.outputs = (float *)values(&c, b * t * u, 0);
  r.d_gates = (float *)values(&c, b * t * 4 * u, 0);
  r.d_weights = output(&c, 0, 2, r.features + u + 1, 4 * u, 0);
  end(&c, &r, run_weights_gradient);
}

/* Shapes, so that layers behind know theirs: output k has that of input `from[k]`. */
static void shapes_of_inputs(TF_ShapeInferenceContext *context, TF_Status *status, int count,
                             const int *from) {
  TF_ShapeHandle *shape = TF_NewShapeHandle();
  for (int k = 0; k < count && !TF_GetCode(status); k++) {
    TF_ShapeInferenceContextGetInput(context, from[k], shape, status);
    if (!TF_GetCode(status)) TF_ShapeInferenceContextSetOutput(context, k, shape, status);
  }
  TF_DeleteShapeHandle(shape);
}

/* The first two dimensions of input 0 and the last one of input `from`. */
static void shape_of_steps(TF_ShapeInferenceContext *context, TF_Status *status, int output,
                           int from) {
  TF_ShapeHandle *steps = TF_NewShapeHandle(), *last = TF_NewShapeHandle();
  TF_ShapeInferenceContextGetInput(context, 0, steps, status);
  if (!TF_GetCode(status)) TF_ShapeInferenceContextGetInput(context, from, last, status);
  if (!TF_GetCode(status)) TF_ShapeInferenceContextSubshape(context, steps, 0, 2, steps, status);
  if (!TF_GetCode(status)) TF_ShapeInferenceContextSubshape(context, last, 1, 2, last, status);
  if (!TF_GetCode(status))
    TF_ShapeInferenceContextConcatenateShapes(context, steps, last, steps, status);
  if (!TF_GetCode(status)) TF_ShapeInferenceContextSetOutput(context, output, steps, status);
  TF_DeleteShapeHandle(steps);
  TF_DeleteShapeHandle(last);
}

static void forward_shapes(TF_ShapeInferenceContext *context, TF_Status *status) {
  const int states[] = {2, 2, 2}; /* outputs 1 and 2 have that of `h`; 0 is set below */
  shapes_of_inputs(context, status, 3, states);
  if (!TF_GetCode(status)) shape_of_steps(context, status, 0, 2);
  if (!TF_GetCode(status)) shape_of_steps(context, status, 3, 2);
  if (!TF_GetCode(status)) shape_of_steps(context, status, 4, 1);
}

static void gradient_shapes(TF_ShapeInferenceContext *context, TF_Status *status) {
  const int from[] = {2, 3, 3};
  shapes_of_inputs(context, status, 3, from);
}

static void weights_gradient_shapes(TF_ShapeInferenceContext *context, TF_Status *status) {
  const int from[] = {1};
  shapes_of_inputs(context, status, 1, from);
}

typedef struct {
  const char *name;
  const char *inputs[10], *outputs[6];
  void (*compute)(void *, TF_OpKernelContext *);
  void (*shapes)(TF_ShapeInferenceContext *, TF_Status *);
} operation;

static const operation operations[] = {
    {"LstmToolkitRecurrence",
     {"inputs: float", "weights: float", "h: float", "c: float", "mask: bool"},
     {"outputs: float", "last_h: float", "last_c: float", "cells: float", "gates: float"},
     forward,
     forward_shapes},
    {"LstmToolkitRecurrenceGradient",
     {"weights: float", "cells: float", "gates: float", "c: float", "mask: bool",
      "d_outputs: float", "d_final: float", "d_last_h: float", "d_last_c: float"},
     {"d_gates: float", "d_h: float", "d_c: float"},
     gradient,
     gradient_shapes},
    {"LstmToolkitWeightsGradient",
     {"inputs: float", "weights: float", "h: float", "mask: bool", "outputs: float",
      "d_gates: float"},
     {"d_weights: float"},
     weights_gradient,
     weights_gradient_shapes},
};

static void add(const operation *o, TF_Status *status) {
  TF_OpDefinitionBuilder *builder = TF_NewOpDefinitionBuilder(o->name);
  for (int k = 0; o->inputs[k]; k++) TF_OpDefinitionBuilderAddInput(builder, o->inputs[k]);
  for (int k = 0; o->outputs[k]; k++) TF_OpDefinitionBuilderAddOutput(builder, o->outputs[k]);
  TF_OpDefinitionBuilderAddAttr(builder, "threads: int >= 1");
  TF_OpDefinitionBuilderAddAttr(builder, "gru: bool = false");
  TF_OpDefinitionBuilderAddAttr(builder, "zeros: bool = false");
  TF_OpDefinitionBuilderSetShapeInferenceFunction(builder, o->shapes);
  TF_RegisterOpDefinition(builder, status);
  if (TF_GetCode(status)) return;
  TF_KernelBuilder *kernel = TF_NewKernelBuilder(o->name, "CPU", create, o->compute, free);
  TF_RegisterKernelBuilder(o->name, kernel, status);
}

/* Runs when the file is loaded. What cannot be registered is missing, and Python sees that. */
__attribute__((constructor)) static void register_operations(void) {
  TF_Status *status = TF_NewStatus();
  for (size_t k = 0; k < sizeof operations / sizeof *operations && !TF_GetCode(status); k++)
    add(&operations[k], status);
  TF_DeleteStatus(status);
}
