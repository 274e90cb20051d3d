internal import Netlink

extension XTLayout {
    /// Which packets the fields of an entry can match, as `ip_packet_match` and its kin compare them.
    /// `fields` is the entry from its start; matches are not looked at.
    func condition(_ fields: RawSpan) -> XTCondition {
        let inversion =
            inversionIsWide
            ? fields.load(inversionOffset, as: UInt16.self) ?? 0
            : UInt16(fields.load(inversionOffset, as: UInt8.self) ?? 0)
        let flags = fields.load(flagsOffset, as: UInt8.self) ?? 0

        var isConditional = !isZero(fields, protocolField)
        if flags & fragmentFlag != 0 {
            isConditional = true
        } else if inversion & fragmentInversion != 0 {
            return .never
        }
        for criterion in criteria {
            let isInverted = inversion & criterion.inversion != 0
            guard isZero(fields, criterion.mask) else {
                isConditional = true
                continue
            }
            let matches = !criterion.comparesWholeValue || isZero(fields, criterion.value)
            if matches == isInverted { return .never }
        }
        return isConditional ? .sometimes : .always
    }

    private func isZero(_ bytes: RawSpan, _ range: Range<Int>) -> Bool {
        for offset in range where bytes.load(offset, as: UInt8.self) != 0 { return false }
        return true
    }
}
