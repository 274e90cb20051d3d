/// The most effective rules that the host's firewall had, since the documented state was saved or the collector was
/// installed: from there a slow erosion is seen.
package struct HighWater: Hashable, Sendable {
    package var effectiveRules: Int
    /// When, in nanoseconds since 1970.
    package var time: UInt64
    /// The `saved_at` of the baseline that was there, or empty: another one begins anew.
    package var baseline: String

    package init(effectiveRules: Int, time: UInt64, baseline: String) {
        self.effectiveRules = effectiveRules
        self.time = time
        self.baseline = baseline
    }

    /// Takes note of how many there are. Returns whether that is more than ever.
    package mutating func note(_ effectiveRules: Int, at time: UInt64) -> Bool {
        guard effectiveRules > self.effectiveRules else { return false }
        self.effectiveRules = effectiveRules
        self.time = time
        return true
    }

    /// "WWHW" and the version of the layout.
    private static let magic: UInt32 = 0x5748_5757
    private static let version: UInt32 = 1

    package var encoded: [UInt8] {
        var writer = ByteWriter()
        writer.put(Self.magic)
        writer.put(Self.version)
        writer.put(UInt64(effectiveRules))
        writer.put(time)
        writer.put(baseline)
        return writer.bytes
    }

    /// nil: they are not what this version wrote.
    package init?(decoding bytes: [UInt8]) {
        var reader = ByteReader(bytes)
        do {
            guard try reader.number(UInt32.self) == Self.magic, try reader.number(UInt32.self) == Self.version else {
                return nil
            }
            effectiveRules = Int(clamping: try reader.number(UInt64.self))
            time = try reader.number(UInt64.self)
            baseline = try reader.text()
        } catch {
            return nil
        }
        guard reader.isAtEnd else { return nil }
    }
}
