"""Nothing of a configuration file that may lie about."""
