internal import Detection
internal import Events
internal import Identity
internal import Lineage
internal import Records
internal import Services

/// What the detector is told of a process.
extension Actor {
    /// How much of what it was called with, in bytes.
    private static let commandLength = 256

    init(_ process: Process, _ portrait: Portrait?, _ names: Names) {
        let chain = process.chain.prefix(Self.depth)
        self.init(
            id: process.id, root: Self.root(of: process), chain: chain.map { Program($0) },
            traits: portrait?.traits ?? [])
        command = Self.command(of: process)
        user = Account(process.task?.effectiveUser ?? process.user, names)
        login = process.task?.login.map { Account($0, names) }
        container = process.controlGroup?.container.map { String(decoding: $0.id, as: UTF8.self) }
        sha256 = portrait?.executable?.sha256
        let script = portrait?.scriptFile ?? portrait?.callingScript
        scriptSHA256 = script?.sha256
        isScriptGenuine = script.map { $0.isRoots && $0.writableFolder == nil } ?? false
        pathTrust = portrait?.pathTrust ?? .unknown
    }

    /// It is another's deed: his tree, and what is odd about him.
    mutating func serve(_ asked: Askers.Initiator, _ names: Names, portray: (Process) -> Portrait) {
        initiator = Initiator(
            confidence: asked.confidence.rawValue, program: asked.process.map { Program($0) },
            user: asked.process.map { Account($0.task?.effectiveUser ?? $0.user, names) },
            login: asked.process.flatMap { $0.task?.login.map { Account($0, names) } })
        guard let process = asked.process else { return }
        root = Self.root(of: process)
        let known = Set(traits.map(\.kind))
        traits += portray(process).traits.filter { !known.contains($0.kind) }
    }

    /// The beginning of a login, a job or a service.
    private static func root(of process: Process) -> ProcessID {
        if let entry = Entry(of: process) { return entry.leader.id }
        return process.chain.last { $0.id.pid != 1 }?.id ?? process.id
    }

    private static func command(of process: Process) -> String {
        let words = process.image.arguments.joined(separator: [UInt8(ascii: " ")])
        return String(decoding: Array(words.prefix(Self.commandLength)), as: UTF8.self)
    }
}

extension Account {
    fileprivate init(_ id: UInt32, _ names: Names) { self.init(id: id, name: names.user(id)) }
}

extension Program {
    init(_ process: Process) {
        self.init(
            executable: String(decoding: process.image.path, as: UTF8.self),
            script: Script(of: process).map { String(decoding: $0.path, as: UTF8.self) },
            unit: process.controlGroup?.unit.map { String(decoding: $0, as: UTF8.self) }, isGenuine: process.isGenuine,
            isInjected: !process.image.flags.isDisjoint(with: [.isPreloaded, .isInjected]))
    }
}
