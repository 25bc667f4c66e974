package import Foundation
import FoundationNetworking

/// Simple requests to programs on this machine.
package enum Web {
    private static let session: URLSession = {
        let configuration = URLSessionConfiguration.ephemeral
        configuration.timeoutIntervalForRequest = 10
        return URLSession(configuration: configuration)
    }()

    package static func get(_ url: String) async throws -> (status: Int, body: Data) {
        try await send("GET", url, nil)
    }

    @discardableResult
    package static func send(
        _ method: String,
        _ url: String,
        _ body: String?
    ) async throws -> (status: Int, body: Data) {
        try await send(method, url, body.map { Data($0.utf8) }, headers: [:])
    }

    package static func send(
        _ method: String,
        _ url: String,
        _ body: Data?,
        headers: [String: String]
    ) async throws -> (status: Int, body: Data) {
        guard let address = URL(string: url) else { throw BenchError("no URL: \(url)") }
        var request = URLRequest(url: address)
        request.httpMethod = method
        request.httpBody = body
        for (name, value) in headers { request.setValue(value, forHTTPHeaderField: name) }
        let (data, response) = try await session.data(for: request)
        return ((response as? HTTPURLResponse)?.statusCode ?? 0, data)
    }
}
