"""Scheduled exports: what is due, sealed once, delivered to each destination, and said when it was not."""
