import Files
import Agent
import ArgumentParser
import Glibc
import HTTPClient
import Synchronization

/// Options of the commands that query a running agent.
struct ClientOptions: ParsableArguments {
    enum Output: String, ExpressibleByArgument, CaseIterable {
        case table
        case json
    }

    @Option(
        name: .customLong("url"),
        help: """
            URL of the running agent, without a password. (default: $\(AgentAddress.variable), or \
            \(AgentAddress.standard))
            """
    )
    var url: String?

    @Option(
        name: .customLong("ca-file"),
        help: "PEM file of the certificate authorities to trust instead of the system's."
    )
    var caFile: String?

    @Option(name: .customLong("user"), help: "User name; requires --password-file.")
    var user: String?

    @Option(name: .customLong("password-file"), help: "File that contains the user's password.")
    var passwordFile: String?

    @Option(name: .customLong("token-file"), help: "File that contains a bearer token.")
    var tokenFile: String?

    @Option(
        name: .customLong("cert-file"),
        help: "PEM file of the client certificate, and of its key unless --key-file is given."
    )
    var certificateFile: String?

    @Option(name: .customLong("key-file"), help: "PEM file of the client certificate's key.")
    var keyFile: String?

    @Flag(
        name: .customLong("insecure"),
        help: """
            Do not verify the agent's certificate: anyone in between can read and change everything.
            """
    )
    var isInsecure = false

    @Option(name: [.customShort("o"), .customLong("output")], help: "Output format.")
    var output = Output.table

    func validate() throws {
        _ = try address()
        if (user == nil) != (passwordFile == nil) {
            throw ValidationError("--user and --password-file must be given together")
        }
        if user != nil, tokenFile != nil {
            throw ValidationError("--user and --token-file exclude each other")
        }
        if user?.contains(":") == true { throw ValidationError("--user must not contain a colon") }
        if keyFile != nil, certificateFile == nil {
            throw ValidationError("--key-file requires --cert-file")
        }
        if isInsecure, caFile != nil {
            throw ValidationError("--insecure and --ca-file exclude each other")
        }
        // libcurl would wait for the writer of a named pipe.
        _ = try credentials
        for file in [caFile, certificateFile, keyFile] {
            if let file = try expanded(file), let refusal = FileType.refusal(file) {
                throw ValidationError("\(refusal)")
            }
        }
    }

    private func address() throws -> AgentAddress {
        let variable = AgentAddress.variable
        let value = unsafe getenv(variable).map { unsafe String(cString: $0) } ?? ""
        let inherited = value.isEmpty ? AgentAddress.standard : value
        do {
            return try AgentAddress(url ?? inherited)
        } catch {
            throw ValidationError("\(url == nil ? variable : "--url") \(error)")
        }
    }

    private var credentials: AgentCredentials {
        get throws {
            if let user, let file = try expanded(passwordFile) {
                return .password(user: user, file: file)
            }
            return try expanded(tokenFile).map { .token(file: $0) } ?? .none
        }
    }

    /// A file may be among systemd's credentials, as in the configuration.
    private func expanded(_ file: String?) throws -> String? {
        do {
            return try file.map { try CredentialsDirectory.expand($0) }
        } catch {
            throw ValidationError("\(error)")
        }
    }

    private var client: AgentClient {
        get throws {
            var configuration = HTTPClientConfiguration(caFile: try expanded(caFile))
            configuration.clientCertificateFile = try expanded(certificateFile)
            configuration.clientKeyFile = try expanded(keyFile)
            configuration.verifiesServer = !isInsecure
            return AgentClient(
                address: try address(),
                credentials: try credentials,
                configuration: configuration
            )
        }
    }

    /// A process has these options once. So it needs one client, which keeps its connection, and
    /// one warning.
    private static let shared = Mutex<AgentClient?>(nil)

    /// The client, after warnings about how it connects.
    func checkedClient() throws -> AgentClient {
        try Self.shared.withLock { shared in
            if let shared { return shared }
            let client = try client
            warn(client.address)
            shared = client
            return client
        }
    }

    /// Queries the agent. On failure, prints the error and exits with its exit code.
    func get(_ path: String) async throws -> AgentResponse {
        let client = try checkedClient()
        do {
            return try await client.get(path)
        } catch {
            Terminal.error("\(error)")
            throw ExitCode(error.exitCode)
        }
    }

    private func warn(_ address: AgentAddress) {
        if isInsecure {
            Terminal.error(
                "WARNING: --insecure: the certificate of \(address) is not verified; anyone in"
                    + " between can read and change everything, the password included"
            )
        }
        if !address.isEncrypted, !address.isLocal, user != nil || tokenFile != nil {
            Terminal.error(
                "WARNING: the \(user == nil ? "token" : "password") is sent to \(address) without"
                    + " encryption"
            )
        }
    }
}
