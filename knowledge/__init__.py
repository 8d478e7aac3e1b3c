"""知识库: knowledge points and dictionaries as data, with effective dates, region and source."""
