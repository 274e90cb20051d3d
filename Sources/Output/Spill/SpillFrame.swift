/// A line as it stands in the spill file: a head of 24 bytes, then the line.
///
///     magic 4 · length of the line 4 · position 8 · class 4 · CRC-32 of the 20 bytes before and of the line 4
///
/// The position is where it stands in all that was ever spilled. So what an earlier lap of the file left behind, whole
/// and with its sum right, is never taken for a line of this one.
struct SpillFrame {
    static let headSize = 24
    private static let magic: UInt32 = 0x4c53_5757
    /// No line is longer: a length above is none.
    static let longest = 16 << 20

    /// The part of a frame that says how much follows.
    struct Head {
        var length: Int
        var lineClass: LineClass
        fileprivate var sum: UInt32

        /// nil: at this position no frame begins.
        init?(_ bytes: ArraySlice<UInt8>, at position: UInt64) {
            var cursor = ByteCursor(bytes)
            guard cursor.take(UInt32.self) == SpillFrame.magic, let length = cursor.take(UInt32.self),
                (1...UInt32(SpillFrame.longest)).contains(length), cursor.take(UInt64.self) == position,
                let rank = cursor.take(UInt32.self), let lineClass = LineClass(rawValue: UInt8(clamping: rank)),
                let sum = cursor.take(UInt32.self)
            else { return nil }
            self.length = Int(length)
            self.lineClass = lineClass
            self.sum = sum
        }

        var size: Int { SpillFrame.headSize + length }
    }

    /// The line of a frame whose head was read; nil: it is damaged, or not all of it is there.
    static func line(_ bytes: ArraySlice<UInt8>, _ head: Head) -> [UInt8]? {
        var cursor = ByteCursor(bytes)
        guard let front = cursor.take(headSize - 4), cursor.take(4) != nil, let line = cursor.take(head.length),
            CRC32.sum(front, line) == head.sum
        else { return nil }
        return Array(line)
    }

    static func encode(_ line: QueuedLine, at position: UInt64, into bytes: inout [UInt8]) {
        var head: [UInt8] = []
        head.put(magic)
        head.put(UInt32(line.bytes.count))
        head.put(position)
        head.put(UInt32(line.lineClass.rawValue))
        head.put(CRC32.sum(head[...], line.bytes[...]))
        bytes += head
        bytes += line.bytes
    }
}
