"""规则库: rule kinds, one pure function each; they meet knowledge points and never name a code."""
