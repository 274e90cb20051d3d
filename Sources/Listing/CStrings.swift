internal import Glibc

/// Strings as C wants a list of them: pointers, and nil at the end.
final class CStrings {
    var pointers: [UnsafeMutablePointer<CChar>?]

    init(_ strings: [String]) {
        pointers = []
        for string in strings { pointers.append(strdup(string)) }
        pointers.append(nil)
    }

    deinit { for pointer in pointers { free(pointer) } }
}
