import Testing

@testable import Etcd

/// nil if the call succeeds.
func failure(of call: () async throws -> some Any) async -> EtcdError? {
    do {
        _ = try await call()
        return nil
    } catch let error as EtcdError {
        return error
    } catch {
        Issue.record(error)
        return nil
    }
}

extension EtcdError {
    enum Kind {
        case unreachable, unknown, refused, noSpace, credentials, tooLarge, other
    }

    var kind: Kind {
        switch self {
        case .unreachable: .unreachable
        case .outcomeUnknown: .unknown
        case .refused: .refused
        case .noSpace: .noSpace
        case .unauthenticated: .credentials
        case .answerTooLarge: .tooLarge
        case .invalidConfiguration, .cancelled: .other
        }
    }

    func says(_ text: String) -> Bool { description.contains(text) }
}
