import ArgumentParser
import Configuration
import Files
import GES
import HTTPClient

/// How a Prometheus is asked.
struct PrometheusOptions: ParsableArguments {
    @Option(help: "URL of a Prometheus that scrapes the agent, without a password.")
    var url: String?

    @Option(
        name: .customLong("ca-file"),
        help: "PEM file of the certificate authorities to trust instead of the system's."
    )
    var caFile: String?

    @Option(help: "User name; requires --password-file.")
    var user: String?

    @Option(name: .customLong("password-file"), help: "File that contains the user's password.")
    var passwordFile: String?

    @Option(name: .customLong("token-file"), help: "File that contains a bearer token.")
    var tokenFile: String?

    @Flag(
        name: .customLong("insecure"),
        help: "Do not verify the certificate: anyone in between can read and change everything."
    )
    var isInsecure = false

    func validate() throws {
        if (user == nil) != (passwordFile == nil) {
            throw ValidationError("--user and --password-file must be given together")
        }
        if user != nil, tokenFile != nil {
            throw ValidationError("--user and --token-file exclude each other")
        }
        _ = try source
    }

    /// Nil without --url.
    var source: PrometheusRecording? {
        get throws {
            guard let url else { return nil }
            var configuration = HTTPClientConfiguration(caFile: caFile)
            configuration.verifiesServer = !isInsecure
            let credentials: AgentCredentials =
                if let user, let passwordFile {
                    .password(user: user, file: passwordFile)
                } else if let tokenFile {
                    .token(file: tokenFile)
                } else {
                    .none
                }
            do {
                let address = try AgentAddress(url)
                return PrometheusRecording(
                    address: address,
                    client: AgentClient(
                        address: address,
                        credentials: credentials,
                        configuration: configuration
                    )
                )
            } catch {
                throw ValidationError("--url \(error)")
            }
        }
    }
}

extension PrometheusRecording {
    /// The server of `history.url` in a configuration.
    init(_ source: HistorySource) throws {
        let address: AgentAddress
        do {
            address = try AgentAddress("\(source.url)")
        } catch {
            throw ValidationError("history.url \(error)")
        }
        let credentials: AgentCredentials =
            switch source.credentials {
            case .token(let file): .token(file: file)
            case .password(let user, let file): .password(user: user, file: file)
            case nil: .none
            }
        self.init(
            address: address,
            client: AgentClient(
                address: address,
                credentials: credentials,
                configuration: HTTPClientConfiguration(caFile: source.certificateAuthorityFile)
            )
        )
    }
}
