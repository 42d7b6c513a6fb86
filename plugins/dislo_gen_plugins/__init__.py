"""The built-in plugins. They use only what a third party could use."""
