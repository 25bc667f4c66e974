import HTTPClient
import TestSupport
import Testing

/// A client and a server for the duration of one test.
func withServer<Result: Sendable>(
    _ script: @escaping FaultServer.Script,
    configuration: HTTPClientConfiguration = .init(),
    _ body: (HTTPClient, FaultServer) async throws -> Result
) async throws -> Result {
    let server = try FaultServer(script)
    let client = try HTTPClient(configuration: configuration)
    defer {
        client.shutdown()
        server.stop()
    }
    return try await body(client, server)
}

extension HTTPClient {
    /// The error of a request that must fail.
    func failure(_ request: HTTPRequest) async throws -> HTTPError {
        do {
            let response = try await send(request)
            Issue.record("expected a failure, got \(response)")
            throw UnexpectedAnswer()
        } catch let error as HTTPError {
            return error
        }
    }

    /// Success or failure as a value, for concurrent requests.
    func result(_ request: HTTPRequest) async -> Result<HTTPResponse, HTTPError> {
        do throws(HTTPError) {
            return .success(try await send(request))
        } catch {
            return .failure(error)
        }
    }
}

struct UnexpectedAnswer: Error {}

extension Result where Failure == HTTPError {
    var error: HTTPError? {
        guard case .failure(let error) = self else { return nil }
        return error
    }
}

/// The timeout of requests that are answered or fail for another reason.
let patience = waitLimit
