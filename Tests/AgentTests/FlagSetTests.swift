import Testing

@testable import Agent

@Suite("The flags of a command")
struct FlagSetTests {
    private static let set = FlagSet(
        [
            FlagSet.Flag(name: "web.listen-address", isRepeatable: true),
            FlagSet.Flag(name: "web.systemd-socket", takesValue: false),
            FlagSet.Flag(name: "web.enable-lifecycle", takesValue: false),
            FlagSet.Flag(name: "log.level", defaultValue: "info"),
        ],
        alternatives: ["web.listen-address", "web.systemd-socket"]
    )

    private func added(_ arguments: [String], _ variables: [String: String]) throws -> [String] {
        try Self.set.arguments(besides: arguments) { variables[$0] }
    }

    @Test("are read from the description of the argument parser")
    func description() {
        let set = FlagSet(
            description: """
                {"command": {"arguments": [
                  {"kind": "option", "isRepeating": true, "shouldDisplay": true,
                   "names": [{"kind": "long", "name": "a.b"}], "defaultValue": "1"},
                  {"kind": "flag", "isRepeating": false, "shouldDisplay": true,
                   "names": [{"kind": "long", "name": "c"}], "defaultValue": "--no-c"},
                  {"kind": "flag", "isRepeating": false, "shouldDisplay": true,
                   "names": [{"kind": "long", "name": "no-c"}]},
                  {"kind": "flag", "isRepeating": false, "shouldDisplay": true,
                   "names": [{"kind": "short", "name": "h"}, {"kind": "long", "name": "help"}]},
                  {"kind": "option", "isRepeating": false, "shouldDisplay": false,
                   "names": [{"kind": "long", "name": "hidden"}]}
                ]}}
                """
        )
        #expect(set.flags.map(\.name) == ["a.b", "c"])
        #expect(set.flags.map(\.takesValue) == [true, false])
        #expect(set.flags.map(\.isRepeatable) == [true, false])
        #expect(set.values(in: []) == ["a.b": "1", "c": "false"])
    }

    @Test("take precedence over the variable of an alternative")
    func alternatives() throws {
        let address = ["GRAPHWARDEN_WEB_LISTEN_ADDRESS": ":1"]
        let socket = ["GRAPHWARDEN_WEB_SYSTEMD_SOCKET": "true"]
        #expect(try added(["--web.systemd-socket"], address).isEmpty)
        #expect(try added(["--web.listen-address=:2"], socket).isEmpty)
        #expect(
            try added(["--no-web.systemd-socket"], address) == ["--web.listen-address=:1"]
        )
        // Which one was meant cannot be known: the parser refuses both.
        #expect(try added([], address.merging(socket) { $1 }).count == 2)
    }

    @Test("come from the environment unless the command line has them")
    func precedence() throws {
        let variables = [
            "GRAPHWARDEN_WEB_LISTEN_ADDRESS": " :1,, :2 ",
            "GRAPHWARDEN_WEB_ENABLE_LIFECYCLE": "true", "GRAPHWARDEN_LOG_LEVEL": "warn",
        ]
        #expect(
            try added(["run"], variables) == [
                "--web.listen-address=:1", "--web.listen-address=:2", "--web.enable-lifecycle",
                "--log.level=warn",
            ]
        )
        #expect(
            try added(
                [
                    "run", "--web.listen-address", ":3", "--no-web.enable-lifecycle",
                    "--log.level=x",
                ],
                variables
            ).isEmpty
        )
        #expect(try added(["run"], ["GRAPHWARDEN_LOG_LEVEL": ""]).isEmpty)
        // A value that looks like a flag is none.
        #expect(
            try added(["--log.level", "--web.enable-lifecycle"], variables)
                .contains("--web.enable-lifecycle")
        )
    }

    @Test(
        "without a value are true or false",
        arguments: [
            ("true", "--web.enable-lifecycle"), ("1", "--web.enable-lifecycle"),
            ("false", "--no-web.enable-lifecycle"), ("0", "--no-web.enable-lifecycle"),
            ("yes", nil),
        ] as [(String, String?)]
    )
    func switches(value: String, word: String?) throws {
        let variables = ["GRAPHWARDEN_WEB_ENABLE_LIFECYCLE": value]
        guard let word else {
            let error = #expect(throws: FlagError.self) { try added([], variables) }
            #expect(error?.description.contains("must be true or false, not \"yes\"") == true)
            return
        }
        #expect(try added([], variables) == [word])
    }

    @Test("have the values of the command line, or their defaults")
    func values() {
        #expect(
            Self.set.values(in: ["run", "--web.listen-address=:1", "--web.listen-address", ":2"])
                == [
                    "web.listen-address": ":1,:2", "web.systemd-socket": "false",
                    "web.enable-lifecycle": "false", "log.level": "info",
                ]
        )
        let last = Self.set.values(in: [
            "--log.level=a=b", "--log.level", "c", "--web.enable-lifecycle",
        ])
        #expect(last["log.level"] == "c")
        #expect(last["web.enable-lifecycle"] == "true")
        #expect(Self.set.values(in: ["--log.level="])["log.level"] == "")
    }

    @Test("do not include variables that are misspelt or meant for others")
    func warnings() {
        let names = [
            "GRAPHWARDEN_LOG_LEVLE", "GRAPHWARDEN_QUITE_ELSE", "GRAPHWARDEN_URL", "HOME",
            "GRAPHWARDEN_LOG_LEVEL", "GRAPHWARDEN_SERVICE_HOST", "GRAPHWARDEN_SERVICE_PORT",
            "GRAPHWARDEN_SERVICE_PORT_HTTP_METRICS", "GRAPHWARDEN_PORT",
            "GRAPHWARDEN_PORT_10355_TCP", "GRAPHWARDEN_WEB_PORT_10355_TCP_PROTO",
        ]
        #expect(
            Self.set.warnings(about: names, others: ["GRAPHWARDEN_URL"]) == [
                "the variable GRAPHWARDEN_LOG_LEVLE sets no flag; did you mean"
                    + " GRAPHWARDEN_LOG_LEVEL?",
                "the variable GRAPHWARDEN_QUITE_ELSE sets no flag",
            ]
        )
    }
}
