/// Negotiates response compression (RFC 9110, section 12.5.3).
enum ContentCoding {
    /// Smaller bodies fit into one packet uncompressed.
    private static let minimumBytes = 1024

    /// Compresses the response if the client accepts gzip. Sets `Vary` on every response that could
    /// be compressed, or caches would serve one client's encoding to another.
    static func encode(_ response: ServerResponse, acceptEncoding: [String]) -> ServerResponse {
        guard isCompressible(response) else { return response }
        var response = response
        let vary = response.headers.values("Vary") + ["Accept-Encoding"]
        response.headers["Vary"] = vary.joined(separator: ", ")
        guard acceptsGzip(acceptEncoding),
            let compressed = response.gzipBody ?? Gzip.compress(response.body)
        else { return response }
        response.body = compressed
        response.headers["Content-Encoding"] = "gzip"
        return response
    }

    private static func isCompressible(_ response: ServerResponse) -> Bool {
        guard response.headers["Content-Encoding"] == nil else { return false }
        guard response.gzipBody == nil else { return true }
        guard response.body.count >= minimumBytes else { return false }
        let type = (response.headers["Content-Type"] ?? "").prefix { $0 != ";" }
        return type.hasPrefix("text/")
            || [
                "application/json", "application/openmetrics-text", "application/javascript",
                "image/svg+xml",
            ].contains(String(type))
    }

    /// An explicit `gzip` element takes precedence over `*`; `q=0` means "not acceptable".
    static func acceptsGzip(_ fields: [String]) -> Bool {
        var anything = false
        for element in fields.flatMap({ $0.split(separator: ",") }) {
            let parts = element.split(separator: ";", maxSplits: 1)
                .map { $0.filter { $0 != " " && $0 != "\t" }.lowercased() }
            let isWanted = parts.count < 2 || isPositive(parts[1])
            switch parts.first {
            case "gzip", "x-gzip": return isWanted
            case "*": anything = isWanted
            default: break
            }
        }
        return anything
    }

    private static func isPositive(_ parameter: String) -> Bool {
        guard parameter.hasPrefix("q="), let quality = Double(parameter.dropFirst(2)) else {
            return false
        }
        return quality > 0
    }
}
