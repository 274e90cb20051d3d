package import Detection
internal import Glibc
internal import Synchronization

extension ZoneOffsets {
    /// Nobody else in this process asks for local time; the C library has one zone for all.
    private static let zone = Mutex(())

    /// Of a place of the system's time zone database, from 2020 to 2045; nil: it knows no such place.
    package init?(named name: String) {
        let isName = name.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "/"), UInt8(ascii: "_"), UInt8(ascii: "-"),
                UInt8(ascii: "+"):
                true
            default: false
            }
        }
        guard isName, !name.isEmpty, !name.hasPrefix("/"), !name.contains("//"),
            unsafe access("/usr/share/zoneinfo/\(name)", R_OK) == 0
        else { return nil }
        self = Self.zone.withLock { _ in
            // With the colon it is a name at any rate, and no rule.
            unsafe setenv("TZ", ":\(name)", 1)
            tzset()
            defer {
                unsafe unsetenv("TZ")
                tzset()
            }
            return ZoneOffsets(Self.changes(from: 1_577_836_800, to: 2_366_841_600))
        }
    }

    private static func changes(from: Int64, to: Int64) -> [Change] {
        var changes = [Change(at: from, offset: local(from))]
        for day in stride(from: from, to: to, by: 86_400) {
            let (before, after) = (local(day), local(day + 86_400))
            guard before != after else { continue }
            // The second from which on it is so.
            var (low, high) = (day, day + 86_400)
            while high - low > 1 {
                let middle = (low + high) / 2
                if local(middle) == before { low = middle } else { high = middle }
            }
            changes.append(Change(at: high, offset: after))
        }
        return changes
    }

    private static func local(_ seconds: Int64) -> Int64 {
        var time = time_t(seconds)
        var fields = unsafe tm()
        _ = unsafe localtime_r(&time, &fields)
        return unsafe Int64(fields.tm_gmtoff)
    }
}
