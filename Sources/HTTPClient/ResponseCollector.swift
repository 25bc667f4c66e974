/// Assembles a response from the pieces that libcurl passes to its callbacks, and enforces the size
/// limits.
struct ResponseCollector {
    private let maximumHeaderBytes: Int
    private let maximumBodyBytes: Int
    private var headerBytes = 0
    private var isInHeaders = false
    private(set) var headers: [HTTPHeader] = []
    private(set) var body: [UInt8] = []
    /// Which limit the response exceeded; nil while it is within all of them.
    private(set) var overflow: String?

    init(maximumHeaderBytes: Int, maximumBodyBytes: Int) {
        self.maximumHeaderBytes = maximumHeaderBytes
        self.maximumBodyBytes = maximumBodyBytes
    }

    /// Whether the headers are incomplete. If the transfer ends in this state, the response is cut
    /// off even if libcurl reports success, and "out of memory" means an overlong header line.
    var isReadingHeaders: Bool { isInHeaders }

    /// Adds one header line, including its line end. A status line starts a new response; the one
    /// before it was interim. Lines after the empty line are trailers: they count towards the limit
    /// but are dropped, so that a trailer cannot pose as a header. Returns false if the transfer
    /// must be aborted.
    mutating func addHeaderLine(_ line: UnsafeRawBufferPointer) -> Bool {
        headerBytes += line.count
        guard headerBytes <= maximumHeaderBytes else {
            overflow = "the headers are larger than \(maximumHeaderBytes) bytes"
            return false
        }
        if unsafe line.starts(with: "HTTP/".utf8) {
            headers = []
            isInHeaders = true
        } else if unsafe line.first == 0x0A || line.starts(with: [0x0D, 0x0A]) {
            isInHeaders = false
        } else if isInHeaders, let header = unsafe Self.header(line) {
            headers.append(header)
        }
        return true
    }

    /// Returns false if the transfer must be aborted.
    mutating func addBody(_ bytes: UnsafeRawBufferPointer) -> Bool {
        guard body.count + bytes.count <= maximumBodyBytes else {
            overflow = "the body is larger than \(maximumBodyBytes) bytes"
            body = []
            return false
        }
        unsafe body.append(contentsOf: bytes)
        return true
    }

    private static func header(_ line: UnsafeRawBufferPointer) -> HTTPHeader? {
        guard let colon = unsafe line.firstIndex(of: UInt8(ascii: ":")) else { return nil }
        let isSpace: (UInt8) -> Bool = { $0 == 0x20 || $0 == 0x09 || $0 == 0x0D || $0 == 0x0A }
        var (start, end) = (colon + 1, line.count)
        while start < end, unsafe isSpace(line[start]) { start += 1 }
        while end > start, unsafe isSpace(line[end - 1]) { end -= 1 }
        return HTTPHeader(
            unsafe String(decoding: line[..<colon], as: UTF8.self),
            unsafe String(decoding: line[start..<end], as: UTF8.self)
        )
    }
}
