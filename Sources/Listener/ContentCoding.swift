/// Negotiates response compression (RFC 9110, section 12.5.3).
package enum ContentCoding {
    /// Smaller bodies fit into one packet uncompressed.
    private static let minimumBytes = 1024

    /// Compresses the response if the client accepts gzip. Sets `Vary` on every response that could
    /// be compressed, or caches would serve one client's encoding to another.
    static func encode(_ response: ServerResponse, acceptEncoding: [String]) -> ServerResponse {
        guard isCompressible(response) else { return response }
        var response = response
        let vary = response.headers.values("Vary") + ["Accept-Encoding"]
        response.headers["Vary"] = vary.joined(separator: ", ")
        guard prefersGzip(acceptEncoding),
            let compressed = response.gzipBody ?? Gzip.compress(response.body)
        else { return response }
        response.body = compressed
        response.headers["Content-Encoding"] = "gzip"
        return response
    }

    private static func isCompressible(_ response: ServerResponse) -> Bool {
        guard response.headers["Content-Encoding"] == nil, response.sharedBody == nil else {
            return false
        }
        guard response.gzipBody == nil else { return true }
        guard response.body.count >= minimumBytes else { return false }
        let type = (response.headers["Content-Type"] ?? "").prefix { $0 != ";" }
        return type.hasPrefix("text/")
            || [
                "application/json", "application/openmetrics-text", "application/javascript",
                "image/svg+xml",
            ].contains(String(type))
    }

    /// Whether gzip has at least the weight of the uncompressed body among the elements of
    /// `Accept-Encoding`. An explicit element takes precedence over `*`, and of several the first;
    /// `q=0` means "not acceptable". Without an element of its own the uncompressed body is
    /// acceptable and weighs nothing (RFC 9110, section 12.5.3). A malformed element counts as not
    /// acceptable.
    package static func prefersGzip(_ fields: [String]) -> Bool {
        var weights: [String: Int] = [:]
        for element in fields.flatMap({ $0.split(separator: ",") }).prefix(maximumElements) {
            let parts = element.split(separator: ";", omittingEmptySubsequences: false)
                .map { trimmed($0).lowercased() }
            guard var coding = parts.first else { continue }
            if coding == "x-gzip" { coding = "gzip" }
            if weights[coding] == nil { weights[coding] = weight(parts.dropFirst()) }
        }
        let gzip = weights["gzip"] ?? weights["*"] ?? 0
        // An element `*` speaks of codings that compress; only its q=0 excludes the plain body.
        return gzip > 0 && gzip >= weights["identity"] ?? 0
    }

    /// Limits the work that a hostile header can cause.
    private static let maximumElements = 32

    /// The weight in thousandths: 1000 without parameters.
    private static func weight(_ parameters: ArraySlice<String>) -> Int {
        guard let parameter = parameters.first else { return 1000 }
        guard parameters.count == 1, parameter.hasPrefix("q=") else { return 0 }
        let digits = parameter.dropFirst(2).split(
            separator: ".",
            maxSplits: 1,
            omittingEmptySubsequences: false
        )
        let fraction = digits.count == 2 ? digits[1] : ""
        guard digits.first == "0" || digits.first == "1", fraction.utf8.count <= 3,
            fraction.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }),
            let thousandths = Int(fraction + String(repeating: "0", count: 3 - fraction.utf8.count))
        else { return 0 }
        let whole = digits.first == "1" ? 1000 : 0
        return whole + thousandths <= 1000 ? whole + thousandths : 0
    }

    private static func trimmed(_ text: Substring) -> Substring {
        let isSpace: (Character) -> Bool = { $0 == " " || $0 == "\t" }
        let start = text.drop(while: isSpace)
        guard let last = start.lastIndex(where: { !isSpace($0) }) else { return "" }
        return start[...last]
    }
}
