"""The landing zone: a synthetic pooling area and the mapping of local layouts to the contract."""
