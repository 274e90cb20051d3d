import TestSupport

/// Bytes from hexadecimal digits; white space is left out.
func hex(_ text: String) -> [UInt8] {
    let digits = text.compactMap(\.hexDigitValue)
    return stride(from: 0, to: digits.count - 1, by: 2).map { UInt8(digits[$0] * 16 + digits[$0 + 1]) }
}

extension [UInt8] {
    /// The bytes with a few of them changed, cut off, doubled or taken out.
    func mutated(with random: inout SplitMix) -> [UInt8] {
        var bytes = self
        for _ in 0...Int.random(in: 0...6, using: &random) {
            guard let place = bytes.indices.randomElement(using: &random) else { return bytes }
            switch Int.random(in: 0...5, using: &random) {
            case 0: bytes[place] = [0, 1, 3, 0x7f, 0x80, 0xff].randomElement(using: &random) ?? 0
            case 1: bytes[place] ^= 1 << UInt8.random(in: 0...7, using: &random)
            case 2: bytes.removeLast(bytes.count - place)
            case 3: bytes.remove(at: place)
            case 4: bytes.insert(UInt8.random(in: 0...255, using: &random), at: place)
            default: bytes += bytes[place...].prefix(64)
            }
        }
        return bytes
    }
}
