"""The pages of the manual that are made from the code, and the check that the site asks nothing of the network."""
