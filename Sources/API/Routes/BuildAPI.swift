import Listener

/// `/api/v1/status/buildinfo`. Data sources such as Grafana choose their requests by this version,
/// so it is the version of the Prometheus whose API and language are implemented.
struct BuildAPI: Sendable {
    let build: BuildInformation
    let language: LanguageVersion

    var routes: [Route] {
        Route.query("/api/v1/status/buildinfo", methods: ["GET"]) { _, _ in
            QueryReply.success { json in
                json.object { json in
                    for (name, value) in members { json.member(name, value) }
                }
            }
        }
    }

    private var members: [(String, String)] {
        [
            ("version", language == .v2 ? "2.42.0" : "3.5.0"),
            ("revision", build.revision), ("branch", build.branch), ("buildUser", ""),
            ("buildDate", ""), ("goVersion", ""), ("application", "graphwarden"),
            ("applicationVersion", build.version),
        ]
    }
}
