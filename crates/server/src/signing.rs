//! HMAC with SHA-256 (RFC 2104, RFC 7518 §3.2) for the library of tokens, and no other signature: it would bring a dozen crates
//! of curves and primes for algorithms that no token of ours has. Pure.

use hmac::{Hmac, KeyInit, Mac};
use jsonwebtoken::crypto::{CryptoProvider, JwtSigner, JwtVerifier, KeyUtils};
use jsonwebtoken::errors::{ErrorKind, Result};
use jsonwebtoken::{Algorithm, AlgorithmFamily, DecodingKey, EncodingKey};
use sha2::Sha256;
use signature::{Error, Signer, Verifier};

/// Hands the library this; once in a process, further calls change nothing.
pub(crate) fn install() {
    // Whoever came first has installed the same.
    PROVIDER.install_default().ok();
}

static PROVIDER: CryptoProvider = CryptoProvider {
    signer_factory: signer,
    verifier_factory: verifier,
    key_utils: KeyUtils::new_unimplemented(),
};

/// A key, about to sign or to verify.
struct Hs256(Hmac<Sha256>);

fn hs256(algorithm: Algorithm, family: AlgorithmFamily, key: &[u8]) -> Result<Hs256> {
    if algorithm != Algorithm::HS256 || family != AlgorithmFamily::Hmac {
        return Err(ErrorKind::InvalidAlgorithm.into());
    }
    Hmac::new_from_slice(key).map(Hs256).map_err(|_| ErrorKind::InvalidKeyFormat.into())
}

fn signer(algorithm: &Algorithm, key: &EncodingKey) -> Result<Box<dyn JwtSigner>> {
    Ok(Box::new(hs256(*algorithm, key.family(), key.as_bytes())?))
}

fn verifier(algorithm: &Algorithm, key: &DecodingKey) -> Result<Box<dyn JwtVerifier>> {
    Ok(Box::new(hs256(*algorithm, key.family(), key.try_get_as_bytes()?)?))
}

impl Signer<Vec<u8>> for Hs256 {
    fn try_sign(&self, message: &[u8]) -> std::result::Result<Vec<u8>, Error> {
        Ok(self.0.clone().chain_update(message).finalize().into_bytes().to_vec())
    }
}

impl Verifier<Vec<u8>> for Hs256 {
    fn verify(&self, message: &[u8], signature: &Vec<u8>) -> std::result::Result<(), Error> {
        // In constant time.
        self.0.clone().chain_update(message).verify_slice(signature).map_err(|_| Error::new())
    }
}

impl JwtSigner for Hs256 {
    fn algorithm(&self) -> Algorithm {
        Algorithm::HS256
    }
}

impl JwtVerifier for Hs256 {
    fn algorithm(&self) -> Algorithm {
        Algorithm::HS256
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signs_as_the_example_of_rfc_7515_appendix_a_1() {
        install();
        let key = "AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow==";
        let message = b"eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ";
        let signature = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
        let key = EncodingKey::from_urlsafe_base64_secret(key).unwrap();
        assert_eq!(jsonwebtoken::crypto::sign(message, &key, Algorithm::HS256).unwrap(), signature);
        let key = DecodingKey::from_secret(key.as_bytes());
        let verify =
            |signature: &str| jsonwebtoken::crypto::verify(signature, message, &key, Algorithm::HS256);
        assert!(verify(signature).unwrap());
        assert!(!verify(&signature.replace("dBj", "dBk")).unwrap());
        assert!(!verify("").unwrap() && !verify(&signature[..20]).unwrap());
    }

    #[test]
    fn no_other_algorithm_signs_anything() {
        install();
        for algorithm in
            [Algorithm::HS384, Algorithm::HS512, Algorithm::RS256, Algorithm::ES256, Algorithm::EdDSA]
        {
            let key = EncodingKey::from_secret(b"0123456789abcdef0123456789abcdef");
            assert!(jsonwebtoken::crypto::sign(b"", &key, algorithm).is_err(), "{algorithm:?}");
        }
    }
}
