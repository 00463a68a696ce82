"""A server of SavedModels: TensorFlow Serving's REST form and the Open Inference Protocol."""
