//! Vectors that travel between processes as a whole.

use std::io;

use bytemuck::{Pod, cast_slice, pod_collect_to_vec};
use serde::de::{DeserializeOwned, Error as _};
use serde::ser::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::values::{Values, append_first, as_numbers, at_end, decode, decode_one};

/// A vector of plain data, which travels as it stands in memory, with one copy on each side.
#[derive(Clone, Debug, PartialEq)]
pub struct Plain<T>(pub Vec<T>);

impl<T: Pod> Serialize for Plain<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        const { assert!(size_of::<T>() > 0, "items without bytes have no number") };
        AsBytes(cast_slice(&self.0)).serialize(serializer)
    }
}

impl<'de, T: Pod> Deserialize<'de> for Plain<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let bytes = <&[u8]>::deserialize(deserializer)?;
        if bytes.len().is_multiple_of(size_of::<T>()) {
            return Ok(Self(pod_collect_to_vec(bytes)));
        }
        let expected = format!("items of {} bytes each", size_of::<T>());
        Err(D::Error::invalid_length(bytes.len(), &&*expected))
    }
}

/// A vector of any values that travels as one value: numbers as they stand in memory, others by the serializer.
#[derive(Clone, Debug, PartialEq)]
pub struct Batch<T>(pub Vec<T>);

impl<T: Serialize + 'static> Serialize for Batch<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        BatchOf(&self.0).serialize(serializer)
    }
}

/// The same of values that belong to someone else. It arrives as a [`Batch`].
#[derive(Clone, Copy, Debug)]
pub struct BatchOf<'a, T>(pub &'a [T]);

impl<T: Serialize + 'static> Serialize for BatchOf<'_, T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let count = self.0.len() as u64;
        if let Some(numbers) = as_numbers(self.0) {
            return (count, AsBytes(numbers)).serialize(serializer); // without a copy in between
        }
        let values = Values::encode(self.0).map_err(S::Error::custom)?;
        (count, AsBytes(&values.bytes)).serialize(serializer)
    }
}

/// Bytes that are written as a whole.
struct AsBytes<'a>(&'a [u8]);

impl Serialize for AsBytes<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if u32::try_from(self.0.len()).is_err() {
            // MessagePack counts the bytes of a value in 32 bits.
            return Err(S::Error::custom("a value of 4 GiB or more cannot travel"));
        }
        serializer.serialize_bytes(self.0)
    }
}

impl<'de, T: DeserializeOwned + 'static> Deserialize<'de> for Batch<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let (count, bytes): (u64, &[u8]) = Deserialize::deserialize(deserializer)?;
        let values = decode(count as usize, bytes).map_err(D::Error::custom)?;
        Ok(Self(values))
    }
}

impl<T: DeserializeOwned + 'static> Batch<T> {
    /// Appends the values of the batch that these bytes are.
    ///
    /// # Errors
    ///
    /// [`io::ErrorKind::InvalidData`] if they are not one batch.
    pub fn append_to(values: &mut Vec<T>, bytes: &[u8]) -> io::Result<()> {
        let (count, mut bytes): (u64, &[u8]) = decode_one(bytes)?;
        append_first(values, count as usize, &mut bytes)?;
        at_end(bytes, count as usize)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_batch_of_anything_arrives() {
        let numbers = Batch(vec![1.5_f64, f64::MAX]);
        let texts = Batch(vec![Some("text".to_owned()), None]);
        let bytes = rmp_serde::to_vec(&(&numbers, &texts)).unwrap();
        let back: (Batch<f64>, Batch<Option<String>>) = rmp_serde::from_slice(&bytes).unwrap();
        assert_eq!(back, (numbers, texts));
        let hostile = rmp_serde::to_vec(&(u64::MAX, Plain(vec![1_u8]))).unwrap();
        assert!(rmp_serde::from_slice::<Batch<()>>(&hostile).is_err());
        assert!(rmp_serde::from_slice::<Batch<u64>>(&hostile).is_err());
    }
}
