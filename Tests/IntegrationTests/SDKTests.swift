import Foundation
import GESSimulator
import Testing

@Test("Huawei Cloud's own Python SDK works against the simulated cloud")
func sdkWorksAgainstTheSimulator() async throws {
    let python = Program.root.appending(path: ".build/python/bin/python3")
    let script = Program.root.appending(path: "Tests/IntegrationTests/Scripts/sdk_conformance.py")
    try #require(
        FileManager.default.isExecutableFile(atPath: python.path),
        "the SDK is missing: run packaging/dependencies test"
    )
    let home = try Scratch()
    defer { home.remove() }
    try await SimulatedCloudServer.serving(AgentSetup.fleet) { cloud in
        let settings = cloud.configuration
        let (status, text) = try await Program.run(
            python,
            [
                script.path, "--management", cloud.endpoints.management,
                "--control", cloud.endpoints.control, "--project-id", settings.projectID,
                "--region", settings.region, "--domain", settings.domain,
                "--user", settings.user, "--password", settings.password,
                "--access-key", settings.accessKey, "--secret-key", settings.secretKey,
            ],
            // The SDK writes an application id to the home folder.
            environment: ["HOME": home.folder.path]
        )
        #expect(status == 0, "\(text)")
    }
}
