import Files
import Testing

@testable import Agent

@Suite("A watched configuration")
struct ConfigurationWatchTests {
    @Test("has changed when the content of any of its files has changed")
    func content() throws {
        let folder = try TemporaryFolder(prefix: "graphwarden-watch-")
        defer { folder.remove() }
        let text = """
            cloud: {region: cn-north-4, project_id: a, credentials: {metadata: {}}}
            rule_files: ["*.rules"]

            """
        try folder.write(text, to: "a.yml")
        var watch = ConfigurationWatch(folder.path + "/a.yml", every: .seconds(1))
        expect(&watch, hasChanged: false)
        try folder.write(text, to: "a.yml")
        expect(&watch, hasChanged: false)
        try folder.write("groups: []\n", to: "a.rules")
        expect(&watch, hasChanged: true)
        expect(&watch, hasChanged: false)
        try folder.write("groups: [ ]\n", to: "a.rules")
        expect(&watch, hasChanged: true)
        try folder.write("nonsense", to: "a.yml")
        expect(&watch, hasChanged: true)
        try folder.write(text + "sampling: {data_plane: {ca_file: ca.pem}}\n", to: "a.yml")
        expect(&watch, hasChanged: true)
        // The missing file appears.
        try folder.write("-----BEGIN CERTIFICATE-----\n", to: "ca.pem")
        expect(&watch, hasChanged: true)
    }

    private func expect(
        _ watch: inout ConfigurationWatch,
        hasChanged expected: Bool,
        at location: SourceLocation = #_sourceLocation
    ) {
        let hasChanged = watch.look()
        #expect(hasChanged == expected, sourceLocation: location)
    }
}
