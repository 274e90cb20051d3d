"""What the scenarios stand on: their headers, the world each runs in, the verdict, the contrast with exec-name rules, the report."""
