"""What the live tests stand on: the daemon under test, network namespaces, independent counts, and expectations."""
