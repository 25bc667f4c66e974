import CJSONC

/// The sole owner of a tree parsed by json-c. All nodes are borrowed from the root, so no node
/// leaves this file: `value()` copies the whole tree.
///
/// `@safe` although it holds a C pointer: the pointer is private, never changes, is freed exactly
/// once in `deinit`, and a noncopyable value cannot be shared between threads.
@safe
struct JSONCDocument: ~Copyable {
    private let root: OpaquePointer?

    /// - Precondition: `JSONScanner` has accepted the bytes, which also keeps their count within
    ///   `Int32`.
    init(_ bytes: [UInt8], maximumDepth: Int) throws(JSONError) {
        // json-c counts one level more than there are containers, for the scalar in the innermost
        // one.
        guard let tokener = unsafe json_tokener_new_ex(Int32(clamping: maximumDepth + 2)) else {
            throw JSONError(offset: 0, message: "out of memory")
        }
        defer { unsafe json_tokener_free(tokener) }
        unsafe json_tokener_set_flags(tokener, JSON_TOKENER_STRICT | JSON_TOKENER_VALIDATE_UTF8)

        let length = Int32(clamping: bytes.count)
        var root = unsafe bytes.withUnsafeBytes { buffer in
            unsafe json_tokener_parse_ex(
                tokener,
                buffer.assumingMemoryBound(to: CChar.self).baseAddress,
                length
            )
        }
        var end = unsafe json_tokener_get_parse_end(tokener)
        if unsafe json_tokener_get_error(tokener) == json_tokener_continue {
            // A number at the top level has no closing byte; only the terminator tells json-c that
            // it is complete.
            unsafe root = json_tokener_parse_ex(tokener, "", 1)
            end = bytes.count
        }
        let error = unsafe json_tokener_get_error(tokener)
        guard error == json_tokener_success, end == bytes.count else {
            unsafe json_object_put(root)
            throw JSONError(offset: end, message: Self.message(error))
        }
        unsafe self.root = root
    }

    deinit {
        unsafe json_object_put(root)
    }

    borrowing func value() -> JSONValue {
        unsafe Self.copy(root)
    }

    private static func message(_ error: json_tokener_error) -> String {
        switch error {
        case json_tokener_success: "data after the end of the document"
        case json_tokener_continue, json_tokener_error_parse_eof: "the document ends too early"
        default: unsafe String(cString: json_tokener_error_desc(error))
        }
    }

    /// Recursion is bounded by `JSONLimits.maximumDepth`.
    private static func copy(_ node: OpaquePointer?) -> JSONValue {
        switch unsafe json_object_get_type(node) {
        case json_type_boolean:
            .bool(unsafe json_object_get_boolean(node) != 0)
        case json_type_int:
            unsafe integer(node)
        case json_type_double:
            .double(unsafe json_object_get_double(node))
        case json_type_string:
            .string(unsafe string(node))
        case json_type_array:
            .array(unsafe elements(node))
        case json_type_object:
            .object(unsafe members(node))
        default:
            .null
        }
    }

    /// `json_object_get_int64` clamps above `Int64.max` and `json_object_get_uint64` below zero, so
    /// neither alone is enough.
    private static func integer(_ node: OpaquePointer?) -> JSONValue {
        let unsigned = unsafe json_object_get_uint64(node)
        return unsigned > UInt64(Int64.max)
            ? .unsigned(unsigned) : .integer(unsafe json_object_get_int64(node))
    }

    /// Read by length, because a string may contain U+0000.
    private static func string(_ node: OpaquePointer?) -> String {
        let length = Int(unsafe json_object_get_string_len(node))
        let start = unsafe UnsafeRawPointer(json_object_get_string(node))
        return unsafe String(
            decoding: UnsafeRawBufferPointer(start: start, count: length),
            as: UTF8.self
        )
    }

    private static func elements(_ node: OpaquePointer?) -> [JSONValue] {
        let count = unsafe json_object_array_length(node)
        return (0..<count).map { unsafe copy(json_object_array_get_idx(node, $0)) }
    }

    private static func members(_ node: OpaquePointer?) -> [JSONMember] {
        var members: [JSONMember] = []
        members.reserveCapacity(Int(unsafe json_object_object_length(node)))
        var iterator = unsafe json_object_iter_begin(node)
        var end = unsafe json_object_iter_end(node)
        while unsafe json_object_iter_equal(&iterator, &end) == 0 {
            let name = unsafe String(cString: json_object_iter_peek_name(&iterator))
            unsafe members.append(
                JSONMember(name, copy(json_object_iter_peek_value(&iterator)))
            )
            unsafe json_object_iter_next(&iterator)
        }
        return members
    }
}
