"""Pictures with what people say of them, from whatever form they come in."""
