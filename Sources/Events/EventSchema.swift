public enum EventSchema { public static let text = "{}" }
