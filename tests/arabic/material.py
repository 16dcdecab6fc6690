"""Texts for the laws of the room: any text at all, and texts made of what Arabic is written with."""

from hypothesis import strategies as st

any_text = st.text(st.characters(), max_size=80)  # lone surrogates and noncharacters included
arabic_script = st.text(
    st.one_of(
        st.characters(min_codepoint=0x0600, max_codepoint=0x06FF),
        st.characters(min_codepoint=0xFB50, max_codepoint=0xFEFF),
        st.sampled_from(" ,.0123456789-aZ\u200c\u200f\u00a0"),
    ),
    max_size=80,
)
texts = st.one_of(any_text, arabic_script)

# Sentences of our own, one for each of what the press writes about.
SENTENCES = (
    "أعلنت وزارة التعليم أن السنة الدراسية ستبدأ يوم الأحد المقبل في جميع المدن.",
    "قال الوزير إن المدارس جاهزة لاستقبال التلاميذ، وإن الكتب ستوزع قبل نهاية الشهر.",
    "ارتفعت أسعار القمح في الأسواق خلال الأسبوع الماضي بسبب تأخر الأمطار.",
    "تعادل الفريقان في مباراة الذهاب بهدف لكل منهما، وتقام مباراة الإياب بعد أسبوعين.",
    "افتتح المتحف الجديد أبوابه أمام الزوار، وفيه «كنوز» من عصور مختلفة.",
    "هل تنجح المدينة في خفض الازدحام؟ خبراء يجيبون على أسئلة السكان.",
)
PARAGRAPH = " ".join(SENTENCES)
