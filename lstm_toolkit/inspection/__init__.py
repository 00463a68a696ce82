"""What a network looks at: gates, states, attribution."""
