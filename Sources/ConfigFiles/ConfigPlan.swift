internal import Patterns

/// Which files decide the firewall after the next boot or reload: a tree of names, by which it is known which folders
/// to watch, even if what lies in them is not there yet.
package struct ConfigPlan: Sendable {
    /// What a file is to the firewall, and which changes of it matter.
    package struct Meaning: Hashable, Sendable {
        package var kind: ConfigKind
        /// Only lines with one of these words matter. Empty: all do.
        package var words: [String] = []

        package init(_ kind: ConfigKind, words: [String] = []) {
            self.kind = kind
            self.words = words
        }
    }

    fileprivate struct Node: Sendable {
        var names: [[UInt8]: Node] = [:]
        var patterns: [(glob: Glob, node: Node)] = []
        var meaning: Meaning?
        /// Of everything below.
        var below: Meaning?
    }

    private var root = Node()

    package init() {}

    /// Adds a file, or with `/**` at its end everything in a folder. `*` and `?` stand for what is in one name.
    package mutating func add(_ pattern: String, _ meaning: Meaning) {
        var parts = BytePath(pattern).names.map { Array($0) }
        let isTree = parts.last == Array("**".utf8)
        if isTree { parts.removeLast() }
        Self.add(parts[...], isTree, meaning, to: &root)
    }

    private static func add(_ parts: ArraySlice<[UInt8]>, _ isTree: Bool, _ meaning: Meaning, to node: inout Node) {
        guard let part = parts.first else {
            if isTree { node.below = node.below ?? meaning } else { node.meaning = node.meaning ?? meaning }
            return
        }
        let glob = Glob(String(decoding: part, as: UTF8.self))
        if glob.isLiteral {
            add(parts.dropFirst(), isTree, meaning, to: &node.names[part, default: Node()])
        } else if let index = node.patterns.firstIndex(where: { $0.glob == glob }) {
            add(parts.dropFirst(), isTree, meaning, to: &node.patterns[index].node)
        } else {
            var child = Node()
            add(parts.dropFirst(), isTree, meaning, to: &child)
            node.patterns.append((glob, child))
        }
    }

    /// A place in the plan: what it says of a path and of what is below.
    package struct Place: Sendable {
        private var nodes: [Node]
        private var below: Meaning?

        fileprivate init(_ root: Node) { nodes = [root] }

        /// What a file here is.
        package var meaning: Meaning? { nodes.lazy.compactMap(\.meaning).first ?? below }
        /// Whether anything in a folder here is meant.
        package var isOpen: Bool {
            below != nil || nodes.contains { $0.below != nil || !$0.names.isEmpty || !$0.patterns.isEmpty }
        }
        /// Whether a folder here must be listed to find what is meant; otherwise `names` says all.
        package var needsListing: Bool { below != nil || nodes.contains { $0.below != nil || !$0.patterns.isEmpty } }
        package var names: [[UInt8]] { Array(Set(nodes.flatMap(\.names.keys))) }
        /// Whether everything below is meant, by whatever name.
        package var isTree: Bool { below != nil || nodes.contains { $0.below != nil } }

        /// The place of a name in a folder here; nil: none is meant.
        package func entering(_ name: some Sequence<UInt8>) -> Place? {
            let name = Array(name)
            let text = String(decoding: name, as: UTF8.self)
            var place = self
            place.nodes = nodes.flatMap { node in
                [node.names[name]].compactMap { $0 } + node.patterns.filter { $0.glob.matches(text) }.map(\.node)
            }
            place.below = below ?? nodes.lazy.compactMap(\.below).first
            return place.nodes.isEmpty && place.below == nil ? nil : place
        }
    }

    /// Where a walk from the root folder begins.
    package var start: Place { Place(root) }

    /// What the plan says of a path; nil: it is not meant, nor anything below it.
    package func place(of path: BytePath) -> Place? {
        var place = start
        for name in path.names {
            guard let next = place.entering(name) else { return nil }
            place = next
        }
        return place
    }
}
