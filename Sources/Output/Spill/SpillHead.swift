/// The head of the spill file: which part of it holds lines that are not written yet.
///
/// It stands twice, and each is written in turn, so that one is whole whatever happens to the other.
struct SpillHead: Equatable {
    /// What the two take of the file; the lines follow.
    static let room: UInt64 = 4096
    static let size = 48
    private static let magic: UInt64 = 0x314c_4c49_5053_5757

    /// How many bytes of lines the file holds at most.
    var capacity: UInt64
    /// Where the oldest line begins and the newest ends, in all that was ever spilled.
    var begin: UInt64 = 0
    var end: UInt64 = 0
    /// How often it was written.
    var serial: UInt64 = 0

    init(capacity: UInt64) { self.capacity = capacity }

    /// nil: it is none, or not whole.
    init?(_ bytes: ArraySlice<UInt8>) {
        var cursor = ByteCursor(bytes)
        guard let body = cursor.take(Self.size - 4), cursor.take(UInt32.self) == CRC32.sum(body) else { return nil }
        var fields = ByteCursor(body)
        guard fields.take(UInt64.self) == Self.magic, let capacity = fields.take(UInt64.self),
            let begin = fields.take(UInt64.self), let end = fields.take(UInt64.self),
            let serial = fields.take(UInt64.self), capacity > 0, capacity <= 1 << 40, begin <= end,
            end - begin <= capacity, end < 1 << 62, serial < 1 << 62
        else { return nil }
        self.capacity = capacity
        self.begin = begin
        self.end = end
        self.serial = serial
    }

    var encoded: [UInt8] {
        var bytes: [UInt8] = []
        for number in [Self.magic, capacity, begin, end, serial] { bytes.put(number) }
        bytes.put(UInt32(0))
        bytes.put(CRC32.sum(bytes[...]))
        return bytes
    }

    /// Where in the file the one stands that is to be written now.
    var place: UInt64 { serial % 2 * 512 }

    /// How many bytes of lines there are.
    var used: UInt64 { end - begin }
}
