"""Speed, memory and error rates, measured side by side with what a user would pick instead; nothing here is a test."""
