//! Which tokens Guile reads as numbers, and how it writes them.

use super::datum::Datum;

/// The number that a token is, in decimal; `None` for what is a symbol.
pub fn decimal(token: &str) -> Option<Datum<'static>> {
    if !token.bytes().any(|byte| byte.is_ascii_digit()) {
        // `+inf.0` has digits; of the numbers without any, `+i` and `-i` are the only ones.
        return matches!(token, "+i" | "-i").then(|| Datum::Other(token.to_owned()));
    }
    integer(token, 10).or_else(|| ratio(token)).or_else(|| real(token)).or_else(|| special(token))
}

/// An integer in base 2, 8, 10 or 16.
pub fn integer(token: &str, base: u32) -> Option<Datum<'static>> {
    let digits = token.strip_prefix(['+', '-']).unwrap_or(token);
    if digits.is_empty() || !digits.chars().all(|digit| digit.is_digit(base)) {
        return None;
    }
    match i128::from_str_radix(token, base) {
        Ok(value) => Some(Datum::Integer(value)),
        Err(_) if base == 10 => {
            let sign = if token.starts_with('-') { "-" } else { "" };
            Some(Datum::Other(format!("{sign}{}", digits.trim_start_matches('0'))))
        }
        Err(_) => None,
    }
}

fn ratio(token: &str) -> Option<Datum<'static>> {
    let (above, below) = token.split_once('/')?;
    let (Datum::Integer(above), Datum::Integer(below)) = (integer(above, 10)?, integer(below, 10)?) else {
        return None;
    };
    if below <= 0 || token.contains("/+") {
        return None;
    }
    let (mut divisor, mut rest) = (above.unsigned_abs(), below.unsigned_abs());
    while rest != 0 {
        (divisor, rest) = (rest, divisor % rest);
    }
    let divisor = i128::try_from(divisor).ok()?;
    if below == divisor {
        return Some(Datum::Integer(above / divisor));
    }
    Some(Datum::Other(format!("{}/{}", above / divisor, below / divisor)))
}

fn real(token: &str) -> Option<Datum<'static>> {
    let unsigned = token.strip_prefix(['+', '-']).unwrap_or(token);
    let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent)),
        None => (unsigned, None),
    };
    let is_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let has_digits = !(whole.is_empty() && fraction.is_empty()) && is_digits(whole) && is_digits(fraction);
    let has_exponent = exponent.is_none_or(|exponent| {
        let digits = exponent.strip_prefix(['+', '-']).unwrap_or(exponent);
        !digits.is_empty() && is_digits(digits)
    });
    if !has_digits || !has_exponent {
        return None;
    }
    let value: f64 = token.parse().ok()?;
    value.is_finite().then(|| Datum::Other(written(value)))
}

/// Guile writes the shortest digits that read back, with an exponent outside of 10^-3 to 10^21.
fn written(value: f64) -> String {
    let size = value.abs();
    if size != 0.0 && !(1e-3..1e21).contains(&size) {
        let text = format!("{value:e}");
        let (mantissa, exponent) = text.split_once('e').unwrap_or((&text, "0"));
        let point = if mantissa.contains('.') { "" } else { ".0" };
        return format!("{mantissa}{point}e{exponent}");
    }
    format!("{value:?}")
}

/// Numbers that no definition has, but that a symbol must not look like: infinities, complex numbers,
/// `#` for a digit, exponents by `s`, `f`, `d` and `l`.
fn special(token: &str) -> Option<Datum<'static>> {
    let sign = token.starts_with(['+', '-']);
    let body = token.strip_prefix(['+', '-']).unwrap_or(token);
    let infinite = sign && ["inf.0", "nan.0"].iter().any(|name| body.eq_ignore_ascii_case(name));
    let number = |text: &str| integer(text, 10).or_else(|| ratio(text)).or_else(|| real(text)).is_some();
    let complex = || {
        if let Some((size, angle)) = token.split_once('@') {
            return number(size) && number(angle);
        }
        let Some(imaginary) = token.strip_suffix('i') else { return false };
        let start = imaginary
            .char_indices()
            .rev()
            .find(|(at, c)| matches!(c, '+' | '-') && !imaginary[..*at].ends_with(['e', 'E']));
        start.is_some_and(|(at, _)| {
            (at == 0 || number(&imaginary[..at])) && (at + 1 == imaginary.len() || number(&imaginary[at..]))
        })
    };
    let digits = body.starts_with(|c: char| c.is_ascii_digit());
    let inexact = digits && {
        let plain = body.replace('#', "0").replace(['s', 'f', 'd', 'l'], "e");
        plain != body && number(&plain)
    };
    (infinite || complex() || inexact).then(|| Datum::Other(token.to_owned()))
}
