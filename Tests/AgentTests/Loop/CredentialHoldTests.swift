import API
import Foundation
import Testing
import VirtualTime

@testable import Agent
@testable import Configuration
@testable import GES

@Suite("A credential that GES refused at a restart")
final class CredentialHoldTests: Sendable {
    private let file = FileManager.default.temporaryDirectory
        .appending(path: "password-\(UUID().uuidString)")

    deinit { try? FileManager.default.removeItem(at: file) }

    private func write(_ password: String) throws {
        try Data(password.utf8).write(to: file)
    }

    private func change(_ loaded: inout LoadedConfiguration) {
        loaded.configuration.cloud.credentials =
            .password(domain: "d", user: "u", passwordFile: file.path)
    }

    /// Graph `g` was refused; `h` hangs and is held. Then `body` runs.
    private func whileHeld(
        _ status: Int,
        _ body: @escaping @Sendable (LoopFixture) async throws -> Void
    ) throws {
        try write("old")
        let fixture = try LoopFixture { change(&$0) }
        fixture.cloud.with { cloud in
            cloud.answer = .unauthorised(
                ServiceFailure(status: status, code: "APIGW.0302", message: "not allowed")
            )
        }
        try fixture.run { fixture in
            try await fixture.begin()
            fixture.cloud.with { _ = $0.silent.insert("g") }
            try await fixture.until { !fixture.lines("POST").isEmpty }
            fixture.cloud.with { cloud in
                cloud.answer = .accepted(jobID: "job-1")
                cloud.silent.insert("h")
            }
            try await fixture.pass(.seconds(600))
            #expect(fixture.lines("POST") == ["POST g"])
            try await body(fixture)
        }
    }

    @Test("holds every restart until its file has another content", arguments: [401, 403])
    func replaced(status: Int) throws {
        try whileHeld(status) { [self] fixture in
            try write("old")
            try await fixture.pass(.seconds(120))
            #expect(fixture.lines("POST") == ["POST g"])
            try write("new")
            try await fixture.pass(.seconds(70))
            #expect(fixture.lines("POST") == ["POST g", "POST h"])
        }
    }

    @Test("holds every restart until a reload")
    func reload() throws {
        let new = try LoopFixture.configuration { change(&$0) }
        try whileHeld(403) { fixture in
            #expect(await fixture.slot.offer(new) == .done)
            try await fixture.pass(.seconds(70))
            #expect(fixture.lines("POST") == ["POST g", "POST h"])
        }
    }

    @Test("is replaced with any of its files, once")
    func files() throws {
        let secret = file.path + ".secret"
        defer { try? FileManager.default.removeItem(atPath: secret) }
        try Data("one".utf8).write(to: URL(filePath: secret))
        var watch = CredentialWatch(.accessKey(idFile: file.path, secretFile: secret))
        let (before, first) = (watch.look(), watch.look())
        #expect(!before && !first)
        try Data("two".utf8).write(to: URL(filePath: secret))
        let (changed, again) = (watch.look(), watch.look())
        #expect(changed && !again)
        try write("id")
        let isOther = watch.look()
        #expect(isOther)
        var metadata = CredentialWatch(.metadata)
        let hasNone = metadata.look()
        #expect(!hasNone)
    }
}
