internal import XTables

extension ByteWriter {
    mutating func put(_ table: XTable) {
        put(table.family.rawValue)
        put(table.name)
        put(table.isMalformed)
        put(table.chains) { writer, chain in
            writer.put(chain.name)
            writer.put(chain.isBuiltIn)
            writer.put(chain.policy) { $0.put($1) }
            writer.put(chain.rules) { writer, rule in
                writer.put(rule.hash)
                writer.put(rule.target)
                writer.put(rule.condition)
                writer.put(rule.matches) { $0.put($1) }
                writer.put(rule.sets) { writer, set in
                    writer.put(set.index)
                    writer.put(set.isInverted)
                }
            }
        }
    }

    private mutating func put(_ condition: XTCondition) {
        switch condition {
        case .always: put(UInt8(0))
        case .sometimes: put(UInt8(1))
        case .never: put(UInt8(2))
        }
    }

    private mutating func put(_ target: XTTarget) {
        switch target {
        case .drop: put(UInt8(0))
        case .accept: put(UInt8(1))
        case .queue: put(UInt8(2))
        case .return: put(UInt8(3))
        case .continue: put(UInt8(4))
        case .jump(let chain):
            put(UInt8(5))
            put(chain)
        case .goto(let chain):
            put(UInt8(6))
            put(chain)
        case .jumpInside(let chain, let rule, let isGoto):
            put(UInt8(7))
            put(chain)
            put(rule)
            put(isGoto)
        case .target(let name):
            put(UInt8(8))
            put(name)
        case .unknown(let verdict):
            put(UInt8(9))
            put(UInt32(bitPattern: verdict))
        }
    }
}

extension ByteReader {
    mutating func legacyTable() throws(Malformed) -> XTable {
        guard let family = XTFamily(rawValue: try text()) else { throw Malformed() }
        let name = try text()
        let isMalformed = try flag()
        let chains = try list { reader throws(Malformed) in
            XTChain(
                name: try reader.text(), isBuiltIn: try reader.flag(),
                policy: try reader.optional { reader throws(Malformed) in try reader.target() },
                rules: try reader.list { reader throws(Malformed) in
                    XTRule(
                        hash: try reader.number(UInt64.self), target: try reader.target(),
                        condition: try reader.condition(),
                        matches: try reader.list { reader throws(Malformed) in try reader.text() },
                        sets: try reader.list { reader throws(Malformed) in
                            XTSetLookup(index: try reader.number(UInt16.self), isInverted: try reader.flag())
                        })
                })
        }
        return XTable(family: family, name: name, chains: chains, isMalformed: isMalformed)
    }

    private mutating func condition() throws(Malformed) -> XTCondition {
        switch try number(UInt8.self) {
        case 0: return .always
        case 1: return .sometimes
        case 2: return .never
        default: throw Malformed()
        }
    }

    private mutating func target() throws(Malformed) -> XTTarget {
        switch try number(UInt8.self) {
        case 0: return .drop
        case 1: return .accept
        case 2: return .queue
        case 3: return .return
        case 4: return .continue
        case 5: return .jump(try text())
        case 6: return .goto(try text())
        case 7: return .jumpInside(chain: try text(), rule: Int(try number(UInt32.self)), isGoto: try flag())
        case 8: return .target(try text())
        case 9: return .unknown(verdict: Int32(bitPattern: try number(UInt32.self)))
        default: throw Malformed()
        }
    }
}
