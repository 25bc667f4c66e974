import Files
import Glibc
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

    @Test("has not changed while what is in its files goes on changing")
    func rest() throws {
        let folder = try TemporaryFolder(prefix: "graphwarden-watch-")
        defer { folder.remove() }
        let whole = """
            cloud: {region: cn-north-4, project_id: a, credentials: {metadata: {}}}
            remediation: {max_concurrent: 1}
            rule_files: ["*.rules"]

            """
        let rules = "groups: [{name: g, rules: [{alert: A, expr: up}]}]\n"
        try folder.write(whole, to: "a.yml")
        try folder.write(rules, to: "a.rules")
        var watch = ConfigurationWatch(folder.path + "/a.yml", every: .seconds(1))
        func look() -> Bool {
            let hasChanged = watch.look()
            if hasChanged { watch.settle() }
            return hasChanged
        }
        // Written line by line: each part is a valid file.
        for count in 0...2 {
            try folder.write(
                whole.split(separator: "\n").prefix(count).joined(separator: "\n"),
                to: "a.yml"
            )
            #expect(!look())
        }
        try folder.write(whole, to: "a.yml")
        #expect(!look())
        #expect(!look(), "the files are as they were")
        // Replaced as an editor does it: for a moment there is no file of that name.
        try TextFile.write(rules + "# b\n", to: folder.path + "/a.rules~")
        #expect(unsafe unlink(folder.path + "/a.rules") == 0)
        #expect(!look())
        #expect(unsafe rename(folder.path + "/a.rules~", folder.path + "/a.rules") == 0)
        #expect(!look())
        #expect(watch.isAtRest)
        #expect(look())
        #expect(!look())
        try folder.write(rules, to: "a.rules")
        #expect(!watch.isAtRest)
    }

    @Test("has changed until somebody has acted on it")
    func settled() throws {
        let folder = try TemporaryFolder(prefix: "graphwarden-watch-")
        defer { folder.remove() }
        try folder.write("a", to: "a.yml")
        var watch = ConfigurationWatch(folder.path + "/a.yml", every: .seconds(1))
        func looks(_ count: Int) -> [Bool] { (0..<count).map { _ in watch.look() } }
        try folder.write("b", to: "a.yml")
        // It may be rewritten while it is read, and is then not acted on.
        #expect(looks(3) == [false, true, true])
        watch.settle()
        #expect(looks(1) == [false])
    }

    @Test("is restless once it has changed at each of ten looks")
    func restless() throws {
        let folder = try TemporaryFolder(prefix: "graphwarden-watch-")
        defer { folder.remove() }
        try folder.write("a", to: "a.yml")
        var watch = ConfigurationWatch(folder.path + "/a.yml", every: .seconds(1))
        var restless: [Int] = []
        for number in 1...25 {
            // At rest for one look in between.
            if number != 13 { try folder.write("\(number)", to: "a.yml") }
            let hasChanged = watch.look()
            #expect(hasChanged == (number == 13))
            if watch.isRestless { restless.append(number) }
        }
        #expect(restless == [10, 23])
    }

    @Test("that was read on request has not changed since")
    func accepted() throws {
        let folder = try TemporaryFolder(prefix: "graphwarden-watch-")
        defer { folder.remove() }
        try folder.write("a", to: "a.yml")
        var watch = ConfigurationWatch(folder.path + "/a.yml", every: .seconds(1))
        func look() -> Bool {
            let hasChanged = watch.look()
            if hasChanged { watch.settle() }
            return hasChanged
        }
        try folder.write("b", to: "a.yml")
        #expect(!look())
        watch.accept()
        #expect(!look())
        try folder.write("a", to: "a.yml")
        #expect(!look())
        #expect(look())
    }

    /// A change is seen by two looks.
    private func expect(
        _ watch: inout ConfigurationWatch,
        hasChanged expected: Bool,
        at location: SourceLocation = #_sourceLocation
    ) {
        let isEarly = watch.look()
        #expect(!isEarly, sourceLocation: location)
        let hasChanged = watch.look()
        #expect(hasChanged == expected, sourceLocation: location)
        watch.settle()
    }
}
