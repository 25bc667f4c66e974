/// Puts an answer together from the pieces that libcurl hands over, within the limits.
struct ResponseCollector {
    private let maximumHeaderBytes: Int
    private let maximumBodyBytes: Int
    private var headerBytes = 0
    private var isInHeaders = false
    private(set) var headers: [HTTPHeader] = []
    private(set) var body: [UInt8] = []
    /// Set when a limit was passed; the transfer must be given up.
    private(set) var overflow: String?

    init(maximumHeaderBytes: Int, maximumBodyBytes: Int) {
        self.maximumHeaderBytes = maximumHeaderBytes
        self.maximumBodyBytes = maximumBodyBytes
    }

    /// Headers have begun and not ended: what libcurl cannot buffer now is a header line, and an
    /// answer that ends now is cut, although libcurl calls it complete.
    var isReadingHeaders: Bool { isInHeaders }

    /// One line with its end. A status line begins a new answer: the one before was interim. Lines
    /// after the empty line are trailers; they count, but nobody may smuggle a header in at the
    /// end. Returns false when the transfer must be given up.
    mutating func addHeaderLine(_ line: [UInt8]) -> Bool {
        headerBytes += line.count
        guard headerBytes <= maximumHeaderBytes else {
            overflow = "the headers are larger than \(maximumHeaderBytes) bytes"
            return false
        }
        if line.starts(with: "HTTP/".utf8) {
            headers = []
            isInHeaders = true
        } else if line == [0x0D, 0x0A] || line == [0x0A] {
            isInHeaders = false
        } else if isInHeaders, let header = Self.header(line) {
            headers.append(header)
        }
        return true
    }

    /// Returns false when the transfer must be given up.
    mutating func addBody(_ bytes: [UInt8]) -> Bool {
        guard body.count + bytes.count <= maximumBodyBytes else {
            overflow = "the body is larger than \(maximumBodyBytes) bytes"
            body = []
            return false
        }
        body.append(contentsOf: bytes)
        return true
    }

    private static func header(_ line: [UInt8]) -> HTTPHeader? {
        guard let colon = line.firstIndex(of: UInt8(ascii: ":")) else { return nil }
        let isSpace: (UInt8) -> Bool = { $0 == 0x20 || $0 == 0x09 || $0 == 0x0D || $0 == 0x0A }
        var value = line[(colon + 1)...].drop(while: isSpace)
        while let last = value.last, isSpace(last) { value.removeLast() }
        return HTTPHeader(
            String(decoding: line[..<colon], as: UTF8.self),
            String(decoding: value, as: UTF8.self)
        )
    }
}
