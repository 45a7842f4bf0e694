"""Sets written after all tuning, and never tuned on: what the recogniser does with headers it was not built on."""

from __future__ import annotations

from tests.golden.header_sets.table import HeaderSet

SETS = (
    HeaderSet("得物 商家订单", "lines", "merchant centre, help pages", """
        订单号 =order_id | 商品名称 =product | 货号 =product_id | 规格 ~label | 数量 =quantity |
        出价金额 =unit_price | 买家实付 =amount ~money | 订单状态 =status | 买家下单时间 =ordered_at | 支付时间 |
        发货时间 | 收货人 =customer_name | 联系方式 =customer_id,phone | 运单号"""),
    HeaderSet("淘宝客 推广订单", "lines", "alimama report, repositories", """
        创建时间 =ordered_at | 点击时间 | 商品信息 =product ~goods | 商品ID =product_id | 掌柜旺旺 ~nick |
        所属店铺 =store | 商品数 =quantity ~few | 商品单价 =unit_price | 订单状态 =status | 订单类型 |
        收入比率 ~percent | 付款金额 =amount | 佣金比率 ~percent | 佣金金额 | 成交平台 =channel ~channel |
        订单编号 =order_id | 类目名称 =category"""),
    HeaderSet("母婴店 销售", "lines", "till report, common columns", """
        单据号 =order_id | 销售日期 =ordered_at | 会员卡号 =customer_id | 会员姓名 =customer_name | 手机号 =phone |
        商品条码 =product_id | 商品名称 =product | 品牌 ~label | 类别 =category | 数量 =quantity | 零售价 |
        成交价 =unit_price | 成交金额 =amount | 导购员 ~name | 门店 =store"""),
    HeaderSet("餐厅 菜品明细", "lines", "till report, common columns", """
        营业日期 =ordered_at ~day | 账单编号 =order_id | 桌号 | 菜品名称 =product | 菜品分类 =category |
        单价 =unit_price | 数量 =quantity | 折扣金额 =discount | 实收金额 =amount | 会员手机号 =customer_id,phone |
        收银员 | 门店名称 =store"""),
    HeaderSet("速达 销售开单", "lines", "ERP report, forum posts", """
        开单日期 =ordered_at ~day | 单号 =order_id | 客户编号 =customer_id | 客户名称 =customer_name ~name |
        货品编码 =product_id | 货品名称 =product | 单位 ~label | 数量 =quantity | 单价 =unit_price | 金额 |
        价税合计 =amount | 经手人 | 仓库 ~label | 备注"""),
    HeaderSet("培训机构 缴费", "lines", "school software, common columns", """
        缴费时间 =ordered_at | 收据编号 =order_id | 学员编号 =customer_id | 学员姓名 =customer_name |
        手机号码 =phone | 课程名称 =product | 购买课时 =quantity ~few | 应收金额 | 优惠金额 =discount |
        实收金额 =amount | 校区 =store ~store | 经办人 ~name"""),
    HeaderSet("Ecwid orders", "lines", "order export, help centre", """
        order_number =order_id | customer_id =customer_id | email ~email | date_time =ordered_at ~moment |
        payment_status =status ~status | fulfillment_status | payment_method | subtotal | tax | shipping |
        discount =discount ~some_money | total =amount | shipping_person_name =customer_name ~name |
        shipping_city =city | shipping_country_name =region ~region | sku =product_id | product_name =product |
        quantity =quantity | price =unit_price"""),
    HeaderSet("OpenCart orders", "lines", "export extension, repositories", """
        order_id =order_id | invoice_no ~code | store_name =store | customer_id =customer_id |
        firstname =customer_name ~name | lastname =customer_name ~name | email ~email | telephone =phone |
        payment_city =city | payment_country =region ~region | shipping_city =city |
        shipping_country =region ~region | comment | total =amount | order_status =status | currency_code |
        date_added =ordered_at ~moment | date_modified ~moment"""),
    HeaderSet("Paddle transactions", "lines", "transaction report, documentation", """
        transaction_id =order_id ~uuid | status =status | customer_id =customer_id | customer_email ~email |
        created_at =ordered_at ~moment | billed_at ~moment | currency | subtotal | discount =discount ~some_money |
        tax | total =amount | fee | earnings ~money | product_name =product | quantity =quantity"""),
    HeaderSet("Zoho Books invoices", "lines", "invoice export, help pages", """
        Invoice Date =ordered_at ~day | Invoice ID =order_id ~code | Invoice Number =order_id |
        Invoice Status =status | Customer ID =customer_id | Customer Name =customer_name | Due Date ~day |
        Currency Code | Item Name =product ~goods | SKU =product_id | Quantity =quantity | Item Price =unit_price |
        Discount =discount ~some_money | Item Total =amount | Total =amount | Balance | Billing City =city |
        Billing State =region | Billing Country =region"""),
    HeaderSet("Vend register", "lines", "sales ledger export, help pages", """
        Date =ordered_at ~moment | Receipt Number =order_id | Line Type ~label | Customer Code =customer_id |
        Customer Name =customer_name | Quantity =quantity | Subtotal | Sales Tax | Discount =discount ~some_money |
        Total =amount | Paid ~money | Details ~label | Register ~label | User ~name | Status =status |
        Sku =product_id"""),
    HeaderSet("Yampi-style orders", "lines", "generic SaaS export", """
        Order =order_id | Created at =ordered_at ~moment | Status =status |
        Customer =customer_id,customer_name ~name | Customer email =customer_id ~email | Customer phone =phone |
        Items =quantity ~few | Subtotal | Discount =discount ~some_money | Shipping | Total =amount | Payment method |
        City =city | State =region"""),
    HeaderSet("健身房 会员", "customers", "gym software, common columns", """
        会员编号 =customer_id | 会员姓名 =customer_name | 性别 =gender | 年龄 =age | 联系电话 =phone |
        会籍类型 =member_level ~level | 入会日期 =registered_at | 到期日期 ~day | 剩余次数 ~count | 所属门店 =store |
        会籍顾问 ~name"""),
    HeaderSet("公众号商城 粉丝", "customers", "WeChat shop export", """
        openid =customer_id ~uuid | 昵称 =customer_name ~nick | 性别 =gender | 省份 =region | 城市 =city |
        关注时间 =registered_at | 手机号 =phone | 会员等级 =member_level | 积分 | 消费总额 ~money |
        推荐人 =inviter_id ~nick"""),
    HeaderSet("ActiveCampaign contacts", "customers", "contact export, help pages", """
        Contact ID =customer_id | Email ~email | First Name =customer_name | Last Name =customer_name | Phone =phone |
        Date Created =registered_at ~moment | Source =channel | City =city | State =region | Country =region ~region |
        Tags"""),
    HeaderSet("Magento customers", "customers", "admin grid export", """
        ID =customer_id | Name =customer_name ~name | Email ~email | Group =member_level ~level | Phone =phone |
        ZIP ~code | Country =region | State/Province =region | Customer Since =registered_at ~moment |
        Web Site ~label | Gender =gender"""),
    HeaderSet("火山引擎 事件", "events", "event detail export, help pages", """
        用户ID =user_id | 设备ID =user_id ~uuid | 事件名称 =event | 事件时间 =occurred_at | 会话ID =session_id |
        渠道 =channel | 省份 =region | 城市 =city | 操作系统 ~label"""),
    HeaderSet("Matomo actions", "events", "raw log columns", """
        idvisit =session_id ~session | visitor_id =user_id ~uuid | user_id =user_id |
        server_time =occurred_at ~moment | action_type =event | url ~label | page_title ~label | country =region |
        city =city | referer_name ~label"""),
    HeaderSet("外卖 评价", "reviews", "merchant centre, common columns", """
        评价时间 =reviewed_at | 订单编号 =order_id | 用户昵称 =customer_id ~nick | 总评分 =rating ~stars |
        口味 ~stars | 包装 ~stars | 评价内容 =text | 商品名称 =product | 商家回复内容 =reply | 门店名称 =store"""),
    HeaderSet("Amazon product reviews", "reviews", "UCSD data, repositories", """
        reviewerID =customer_id | asin ~code | reviewerName ~name | helpful ~few | reviewText =text |
        overall =rating ~stars | summary ~label | unixReviewTime ~unix | reviewTime =reviewed_at ~moment"""),
)  # fmt: skip
