import GES
import StrictYAML

/// Reads the section `cloud`.
struct CloudReader {
    let paths: FilePaths

    var cloud: YAMLType<CloudConfiguration> {
        .mapping { reader in
            let (region, ofRegion) = reader.required("region", Self.region)
            var endpoints = ofRegion
            if let overrides = reader.optional("endpoints", Self.endpoints) {
                endpoints.ges = overrides.ges ?? endpoints.ges
                endpoints.iam = overrides.iam ?? endpoints.iam
                endpoints.ces = overrides.ces ?? endpoints.ces
                endpoints.metadata = overrides.metadata ?? endpoints.metadata
            }
            if endpoints.ges == ofRegion.ges, !region.isEmpty, let caution = Self.caution(region) {
                reader.report(caution, at: "region", severity: .warning)
            }
            return CloudConfiguration(
                region: region,
                projectID: reader.required("project_id", Self.projectID),
                apiVersion: reader.value("api_version", .oneOf(APIVersion.self), default: .v2),
                endpoints: endpoints,
                credentials: reader.required("credentials", credentials),
                certificateAuthorityFile: reader.optional("ca_file", paths.certificateAuthorityFile)
            )
        }
    }

    /// A region with the endpoints derived from it.
    private static var region: YAMLType<(String, Endpoints)> {
        .scalar("a region such as cn-north-4", placeholder: ("", .placeholder)) {
            text throws(YAMLProblem) in
            do {
                return (text, try Endpoints(region: text))
            } catch {
                throw YAMLProblem("\(error)")
            }
        }
    }

    /// The regions with GES (`ges/v2/region/ges_region.py` in the official SDK).
    private static let regions = [
        "ap-southeast-1", "ap-southeast-3", "cn-east-3", "cn-north-1", "cn-north-2", "cn-north-4",
        "cn-south-1", "eu-west-101", "ru-moscow-1",
    ]

    /// A new region may be unknown here, but a mistyped one has no host at all.
    private static func caution(_ region: String) -> String? {
        guard !regions.contains(region) else { return nil }
        let hint = Suggestion.closest(to: region, among: regions).map { "; did you mean \($0)?" }
        return "\"\(region)\" is not a region known to have GES\(hint ?? "")"
    }

    /// 1 to 64 letters and digits (GES API, page 0358).
    private static var projectID: YAMLType<String> {
        .nonEmptyString.checked { text in
            let isPlain = text.unicodeScalars.allSatisfy {
                $0.isASCII && $0.properties.isAlphabetic || ("0"..."9") ~= $0
            }
            return isPlain && text.utf8.count <= 64
                ? nil : "expected 1 to 64 letters and digits"
        }
    }

    private struct EndpointOverrides {
        var ges: Endpoint?
        var iam: Endpoint?
        var ces: Endpoint?
        var metadata: Endpoint?
    }

    private static var endpoints: YAMLType<EndpointOverrides> {
        .mapping { reader in
            EndpointOverrides(
                ges: encrypted("ges", reader),
                iam: encrypted("iam", reader),
                ces: encrypted("ces", reader),
                metadata: encrypted("metadata", reader)
            )
        }
    }

    /// An endpoint that receives credentials or, as the metadata service does, returns them. On
    /// this host and on the local link, where that service speaks plain http, nobody reads them on
    /// the way.
    private static func encrypted(_ key: String, _ reader: YAMLMappingReader) -> Endpoint? {
        let found = reader.optional(key, endpoint)
        if let found, found.scheme == .http, !found.isLoopback, !found.isLinkLocal {
            let direction = key == "metadata" ? "come from" : "are sent to"
            reader.report(
                "credentials \(direction) \(found) over plain http; use https",
                at: key,
                severity: .warning
            )
        }
        return found
    }

    static var endpoint: YAMLType<Endpoint> {
        .scalar("a URL such as https://ges.example.com", placeholder: .linkLocalMetadata) {
            text throws(YAMLProblem) in
            do {
                return try Endpoint(text)
            } catch {
                throw YAMLProblem("\(error)")
            }
        }
    }

    private var credentials: YAMLType<CredentialFiles> {
        .mapping { reader in
            reader.exactlyOne(of: [
                "access_key": accessKey, "password": password, "token": token,
                "metadata": .mapping { _ in CredentialFiles.metadata },
            ]) ?? .metadata
        }
    }

    private var accessKey: YAMLType<CredentialFiles> {
        .mapping { reader in
            .accessKey(
                idFile: reader.required("id_file", paths.secretFile),
                secretFile: reader.required("secret_file", paths.secretFile)
            )
        }
    }

    private var password: YAMLType<CredentialFiles> {
        .mapping { reader in
            .password(
                domain: reader.required("domain", .nonEmptyString),
                user: reader.required("user", .nonEmptyString),
                passwordFile: reader.required("password_file", paths.secretFile)
            )
        }
    }

    private var token: YAMLType<CredentialFiles> {
        .mapping { reader in .token(file: reader.required("file", paths.secretFile)) }
    }
}

extension Endpoints {
    /// The placeholder for the endpoints of an invalid region. Never reaches a caller.
    fileprivate static let placeholder = Endpoints(
        ges: .linkLocalMetadata,
        iam: .linkLocalMetadata,
        ces: .linkLocalMetadata,
        metadata: .linkLocalMetadata
    )
}
