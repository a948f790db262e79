"""What a request must pass: by which name the server is asked, what costs much, what is logged."""
