"""Pictures of data, trainings, answers and networks."""
