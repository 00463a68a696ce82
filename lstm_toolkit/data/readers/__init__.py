"""One room a kind of data: from files to rows."""
