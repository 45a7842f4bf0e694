"""What leaves the app: lists, method cards, notebooks, command lines."""
