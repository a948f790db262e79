"""What was read of SQL, and what tables were told by it, kept from build to build by its content."""
