import Records

@testable import Probes

/// The reading of what the kernel half puts into its ring: records one behind the other.
enum RecordFuzz: FuzzTarget {
    static func take(_ bytes: RawSpan) throws -> Bool {
        var rest = bytes
        var isRecord = false
        while let size = Record.size(of: rest) {
            try demand(size > 0 && size <= rest.byteCount, "a record is a part of the bytes")
            if let record = Record(rest) {
                isRecord = true
                try look(at: record, of: size)
            }
            rest = rest.extracting(size..<rest.byteCount)
        }
        // What is no stream may be a record all the same, cut or not.
        if let record = Record(rest) { try look(at: record, of: rest.byteCount) }
        return isRecord
    }

    /// Reads all that a record says.
    private static func look(at record: Record, of size: Int) throws {
        switch record {
        case .exec(let exec), .task(let exec):
            let image = exec.image
            let parts = [image.path, image.invoked, image.directory] + image.controlGroup + image.arguments
            try demand(parts.reduce(0) { $0 + $1.count } <= size, "what an exec says was in its record")
            let cut = image.with(arguments: Array(image.argumentBytes.prefix(3)), total: 9, count: 2)
            try demand(cut.path == image.path && cut.areArgumentsCut, "other arguments are of the same program")
        case .request(let request):
            try demand(request.bytes.count + request.author.ancestors.count <= size, "a request's bytes were in it")
        case .requestBytes(_, _, let bytes): try demand(bytes.count <= size, "more bytes were in their record")
        case .xtables(let replace):
            try demand(replace.request.count + replace.table.count <= size, "a replacement's bytes were in it")
        case .sysctl(let write):
            try demand(
                write.path.count + write.before.count + (write.after?.count ?? 0) <= size,
                "a switch's name and values were in its record")
        case .module(let name, _, _): try demand(name.count <= size && !name.contains(0), "a name is one")
        case .guarded(let guarded): try demand(guarded.name.count <= size, "a name was in its record")
        case .fork, .exit, .signal, .requestResult, .xtablesResult, .socketClosed: break
        }
    }
}
