"""The only side effects of the house: engine, storage, settings, log, errors, steps and manifests."""
