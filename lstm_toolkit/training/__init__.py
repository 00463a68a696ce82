"""From a data set to a run folder, exactly resumable."""
