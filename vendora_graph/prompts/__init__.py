"""What models are told: one Markdown file a role."""
